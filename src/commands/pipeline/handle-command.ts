import type { EventShape } from '../../domain/event.js'
import type { EventLog, Position, RecordedEvent } from '../../eventstore/event-log.js'
import { evolveMessage, type MessageFact } from '../../domain/chat/message-fact.js'
import { idOf } from '../../domain/streams.js'
import type { DecisionIndex, IndexedCommand, IndexQuestion } from './decision-index.js'
import type { FoldingDeps } from './folded-stream.js'
import { createBatcher } from '../../async/batcher.js'
import type { CommandContext, Handled } from './handled.js'
import { limitConcurrency } from '../../async/limit-concurrency.js'
import type { Seal } from './seal-batch.js'
import type { Snapshots } from './snapshots.js'
import { createStreamCache } from './stream-cache.js'
import type { AskedMessage, StreamKind } from './stream-kind.js'
import { createStreamWriter } from './stream-writer.js'
import { waitFor, type Waiting } from './pending-command.js'

const MAX_READS = 32

export interface CommandHandlerDeps {
  log: EventLog
  index: DecisionIndex
  snapshots: Snapshots
  seal: Seal
  decode: FoldingDeps['decode']
  onAppended(events: number, seconds: number): void
  /** How long a command may wait for its outcome; 10 s by default. */
  deadlineMs?: number
  /** Bound of the state cache, in entries. */
  mostCachedEntries?: number
  /** Waits before a call of unknown outcome is repeated; by default 50 ms, doubling up to 2 s. */
  pause?(attempt: number): Promise<void>
}

/** Load, decide, append, retry: the one way into the log. */
export interface CommandHandler extends AsyncDisposable {
  /**
   * Handles a command on its stream. A command with a fingerprint is idempotent for ever.
   * @throws CommandFault when no decision could be had in time
   * @throws NewerEventError when the stream holds an event that this release does not know
   */
  handle<Command, State, Event extends EventShape, Rejection>(
    stream: string,
    kind: StreamKind<Command, State, Event, Rejection>,
    command: Command,
    context: CommandContext,
  ): Promise<Handled<Event, Rejection>>
  /** A fact of another stream: its cached state where that is `enough`, else its state read anew. */
  factOf<Command, State, Event extends EventShape, Rejection>(
    stream: string,
    kind: StreamKind<Command, State, Event, Rejection>,
    enough: (state: State) => boolean,
  ): Promise<State>
  /** What is known now of a message of a stream. */
  messageFact<Command, State, Event extends EventShape, Rejection>(
    stream: string,
    kind: StreamKind<Command, State, Event, Rejection>,
    asked: AskedMessage,
  ): Promise<MessageFact>
  /**
   * Takes events that this process follows, in the order of the log, so that what others appended is known before a command meets
   * it. Missing some costs a lost race, nothing else.
   */
  observe(events: readonly RecordedEvent[]): void
}

export function createCommandHandler(deps: CommandHandlerDeps): CommandHandler {
  const { log, index, snapshots, decode, deadlineMs = 10_000, pause = backOff } = deps
  const cache = createStreamCache(
    { log, snapshots, decode, limitReads: limitConcurrency(MAX_READS) },
    deps.mostCachedEntries,
  )
  const writers = new Map<string, { add(member: never): void; done: Promise<void> }>()

  const lookUp = createBatcher<string, { known: IndexedCommand | null; checkpoint: string }>(async (commandIds) => {
    const { found, checkpoint } = await index.lookUp(commandIds)
    return commandIds.map((commandId) => ({ known: found.get(commandId) ?? null, checkpoint }))
  })

  const lookUpMessage = createBatcher<IndexQuestion, { fact: MessageFact; checkpoint: string }>(async (asked) => {
    const { facts, checkpoint } = await index.lookUpMessages(asked)
    return facts.map((fact) => ({ fact, checkpoint }))
  })

  const askIndex = (stream: string, asked: AskedMessage) => lookUpMessage({ chatId: idOf(stream), ...asked })

  const earlier = (a: Position | null, b: Position | null): Position | null => {
    if (a === null || b === null) return a ?? b
    return log.comparePositions(a, b) <= 0 ? a : b
  }

  function enqueue<Command, State, Event extends EventShape, Rejection>(
    stream: string,
    kind: StreamKind<Command, State, Event, Rejection>,
    member: Waiting<Command, Event, Rejection>,
  ): void {
    const running = writers.get(stream)
    if (running !== undefined) return running.add(member as never)
    const writer = createStreamWriter(stream, kind, cache.get(stream, kind), { ...deps, pause })
    writer.add(member)
    const done = Promise.resolve().then(() => writer.run(() => onIdle(stream)))
    writers.set(stream, { add: (more: never) => writer.add(more), done })
  }

  function onIdle(stream: string): void {
    writers.delete(stream)
    cache.weigh(stream)
  }

  async function handle<Command, State, Event extends EventShape, Rejection>(
    stream: string,
    kind: StreamKind<Command, State, Event, Rejection>,
    command: Command,
    context: CommandContext,
  ): Promise<Handled<Event, Rejection>> {
    const indexed = context.fingerprint === undefined ? null : await lookUp(context.commandId)
    if (indexed?.known) return repeatOf(indexed.known, context, indexed.checkpoint)
    const asked = kind.messages?.askedBy(command) ?? null
    const message = asked === null ? null : await askIndex(stream, asked)
    const about = {
      command,
      context,
      indexedUpTo: earlier(indexed?.checkpoint ?? null, message?.checkpoint ?? null),
      message: message?.fact ?? null,
    }
    return waitFor<Command, Event, Rejection>(about, deadlineMs, (waiting) => enqueue(stream, kind, waiting))
  }

  return {
    handle,
    async factOf(stream, kind, enough) {
      const folded = cache.get(stream, kind)
      if (enough(folded.state)) return folded.state
      await folded.refresh()
      cache.weigh(stream)
      return folded.state
    },
    async messageFact(stream, kind, asked) {
      const { fact, checkpoint } = await askIndex(stream, asked)
      const folded = cache.get(stream, kind)
      await folded.refresh()
      await folded.coverFrom(checkpoint)
      cache.weigh(stream)
      return folded.about(asked.messageId).reduce((known, about) => evolveMessage(known, about, asked.userId), fact)
    },
    observe(events) {
      for (const recorded of events) {
        try {
          cache.observe(recorded)
        } catch {
          // an event of a later release, or a broken one: the next command on that stream will say so
        }
      }
    },
    async [Symbol.asyncDispose]() {
      while (writers.size > 0) await Promise.all([...writers.values()].map(({ done }) => done))
    },
  }
}

function repeatOf<Event extends EventShape, Rejection>(
  { version, fingerprint }: IndexedCommand,
  context: CommandContext,
  position: string,
): Handled<Event, Rejection> {
  if (fingerprint === context.fingerprint) return { kind: 'repeated', version, position }
  return { kind: 'rejected', rejection: { code: 'idempotency-key-reused' } }
}

const backOff = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(2_000, 25 * 2 ** attempt)))
