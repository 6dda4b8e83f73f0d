import pLimit from 'p-limit'
import type { CacheUse } from '../../async/cache-use.js'
import type { EventLog, Position, RecordedEvent } from '../../eventstore/event-log.js'
import type { CommandContext } from './command-context.js'
import type { AnyCommandResult, CommandResult } from './command-result.js'
import type { DecisionIndex, IndexedCommand } from './decision-index.js'
import type { EntityQuestion } from './entity.js'
import { createIndexLookups } from './index-lookups.js'
import { waitForResult } from './pending-command.js'
import type { Snapshots } from './snapshots.js'
import { StreamCache } from './stream-cache.js'
import type { DecodeEvent } from './stream-deps.js'
import {
  kindOf,
  type AnyStreamKind,
  type CommandOf,
  type EventOf,
  type FactOf,
  type KindOf,
  type RejectionOf,
  type StateOf,
  type StreamKinds,
} from './stream-kind.js'
import type { WriterDeps } from './stream-writer.js'
import { StreamWriters } from './stream-writers.js'

const MAX_READS = 32
const DEADLINE_MS = 10_000

export interface CommandHandlerDeps<Kinds extends StreamKinds> extends Omit<WriterDeps, 'pause' | 'stopping'> {
  log: EventLog
  kinds: Kinds
  index: DecisionIndex
  snapshots: Snapshots
  decode: DecodeEvent
  /** Whether an operator had commands skip an altered event. */
  isSkipped?(recorded: RecordedEvent): Promise<boolean>
  /** How long a command may wait for its outcome; 10 s by default. */
  deadlineMs?: number
  /** Bound of the state cache, in entries. */
  maxCachedEntries?: number
  /** Waits before an append of unknown outcome is repeated; by default 50 ms, doubling up to 2 s. */
  pause?(attempt: number): Promise<void>
}

/** Load, decide, append, retry: the one way into the log. The name of a stream says what kind it is of. */
export interface CommandHandler<Kinds extends StreamKinds = StreamKinds> extends AsyncDisposable {
  /**
   * Handles a command on its stream. A command with a fingerprint is idempotent for ever.
   * @throws CommandFault when no decision could be had in time
   * @throws NewerEventError when the stream holds an event that this release does not know
   * @throws BadMacError when the stream holds an event that was altered or forged, and not skipped
   */
  handle<Stream extends string>(
    stream: Stream,
    command: CommandOf<KindOf<Kinds, Stream>>,
    context: CommandContext,
  ): Promise<CommandResult<EventOf<KindOf<Kinds, Stream>>, RejectionOf<KindOf<Kinds, Stream>>>>
  /** The state of a stream for commands on another one: the cached state where that is `enough`, else the state read anew. */
  stateOf<Stream extends string>(
    stream: Stream,
    enough: (state: StateOf<KindOf<Kinds, Stream>>) => boolean,
  ): Promise<StateOf<KindOf<Kinds, Stream>>>
  /** What is known now of an entity of a stream. */
  entityFact<Stream extends string>(stream: Stream, question: EntityQuestion): Promise<FactOf<KindOf<Kinds, Stream>>>
  /**
   * Takes events that this process follows, in the order of the log, so that what others appended is known before a command meets
   * it. Missing some costs a lost race, nothing else.
   */
  observe(events: readonly RecordedEvent[]): void
  /** Of the cache of streams. */
  readonly cacheUse: Readonly<CacheUse>
}

export function createCommandHandler<Kinds extends StreamKinds>(
  deps: CommandHandlerDeps<Kinds>,
): CommandHandler<Kinds> {
  const { log, kinds, snapshots, decode, isSkipped, deadlineMs = DEADLINE_MS, pause = backOff } = deps
  const index = createIndexLookups(deps.index)
  const streamDeps = { log, snapshots, decode, limitReads: pLimit(MAX_READS), ...(isSkipped && { isSkipped }) }
  const cache = new StreamCache(kinds, streamDeps, deps.maxCachedEntries)
  const writers = new StreamWriters(cache, { ...deps, pause })

  type Kind<Stream extends string> = KindOf<Kinds, Stream>

  async function handle<Stream extends string>(
    stream: Stream,
    command: CommandOf<Kind<Stream>>,
    context: CommandContext,
  ): Promise<CommandResult<EventOf<Kind<Stream>>, RejectionOf<Kind<Stream>>>>
  async function handle(stream: string, command: unknown, context: CommandContext): Promise<AnyCommandResult> {
    const indexed = context.fingerprint === undefined ? null : await index.command(context.commandId)
    if (indexed?.known) return repeatOf(indexed.known, context, indexed.checkpoint)
    const entity = await askAboutEntity(stream, kindOf(kinds, stream), command)
    const indexedUpTo = earlier(indexed?.checkpoint ?? null, entity?.checkpoint ?? null)
    const request = { command, context, indexedUpTo, fact: entity?.fact }
    return waitForResult(request, deadlineMs, (pending) => writers.add(stream, pending))
  }

  async function askAboutEntity(stream: string, { entities }: AnyStreamKind, command: unknown) {
    const question = entities?.questionOf(command) ?? null
    return question === null ? null : index.entity({ stream, ...question })
  }

  const earlier = (a: Position | null, b: Position | null): Position | null => {
    if (a === null || b === null) return a ?? b
    return log.comparePositions(a, b) <= 0 ? a : b
  }

  async function stateOf<Stream extends string>(
    stream: Stream,
    enough: (state: StateOf<Kind<Stream>>) => boolean,
  ): Promise<StateOf<Kind<Stream>>>
  async function stateOf(stream: string, enough: (state: unknown) => boolean): Promise<unknown> {
    const folded = cache.get(stream)
    if (enough(folded.state)) return folded.state
    await folded.refresh()
    cache.weigh(stream)
    return folded.state
  }

  async function entityFact<Stream extends string>(
    stream: Stream,
    question: EntityQuestion,
  ): Promise<FactOf<Kind<Stream>>>
  async function entityFact(stream: string, question: EntityQuestion): Promise<unknown> {
    const { fact, checkpoint } = await index.entity({ stream, ...question })
    const folded = cache.get(stream)
    await folded.refresh()
    await folded.extendHistoryBackTo(checkpoint)
    cache.weigh(stream)
    return folded.factAfter(fact, question)
  }

  function observe(events: readonly RecordedEvent[]): void {
    for (const recorded of events) {
      try {
        cache.observe(recorded)
      } catch {
        // an event of a later release, or an altered one: the next command on that stream meets it and fails
      }
    }
  }

  return {
    handle,
    stateOf,
    entityFact,
    observe,
    cacheUse: cache.use,
    [Symbol.asyncDispose]: () => writers[Symbol.asyncDispose](),
  }
}

function repeatOf(
  { version, fingerprint }: IndexedCommand,
  context: CommandContext,
  position: Position,
): AnyCommandResult {
  if (fingerprint === context.fingerprint) return { kind: 'repeated', version, position }
  return { kind: 'rejected', rejection: { code: 'idempotency-key-reused' } }
}

const backOff = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(2_000, 25 * 2 ** attempt)))
