import type { Decided, EventShape, PublicEvent } from '../../domain/event.js'
import type { EventMetadata } from '../../domain/metadata.js'
import type { EventLog, Position, RecordedEvent } from '../../eventstore/event-log.js'
import { singleFlight } from '../../async/single-flight.js'
import { CommandFault } from './command-fault.js'
import type { ChatEvent } from '../../domain/chat/events.js'
import { publicFields, type AnyView } from '../../privacy/field-plan.js'
import type { AboutMessage } from '../../domain/chat/message-fact.js'
import { createRecentCommands, type RecentCommand } from './recent-commands.js'
import { createRecentMessages } from './recent-messages.js'
import type { Snapshots } from './snapshots.js'
import type { StreamKind } from './stream-kind.js'

const PAGE = 1_000
/** Read first of a stream of unknown length: most are no longer, and a longer one may have a snapshot. */
const FIRST_PAGE = 200
const SNAPSHOT_EVERY = 1_000
const MAX_READ_BACK = 10_000

/** What a folded stream needs of the rest of the write side. */
export interface FoldingDeps {
  log: EventLog
  snapshots: Snapshots
  /** @throws NewerEventError where this release does not know the event */
  decode(recorded: RecordedEvent): { event: object; metadata: EventMetadata }
  /** Bounds how many streams are read at once. */
  limitReads<Result>(read: () => Promise<Result>): Promise<Result>
}

/** An event that an append of this process has just recorded. */
export interface Appended<Event extends EventShape> {
  event: Decided<Event>
  version: number
  at: string
  commandId: string
  fingerprint: string | null
}

/**
 * One stream as this process knows it: its state at `version`, and the commands of its later events. It advances by this
 * process's own appends and by `refresh`, never backwards, so both may happen at once.
 */
export interface FoldedStream<State, Event extends EventShape> {
  readonly state: State
  readonly version: number
  /** Of the last event; the log's start before the first. */
  readonly position: Position
  /** Recorded time of the last event; empty before the first. */
  readonly lastAt: string
  /** How many commands are remembered, for the cache's bound. */
  readonly remembered: number
  /** Reads what is new. Shared: one read at a time, never one that began before the call. */
  refresh(): Promise<void>
  advance(appended: readonly Appended<Event>[], position: Position): void
  /** Takes an event that was followed, if it is the next one. */
  observe(recorded: RecordedEvent): void
  find(commandId: string): RecentCommand | undefined
  /** What has happened to a message, of what is remembered. */
  about(messageId: string): readonly AboutMessage[]
  /**
   * Makes `find` and `about` complete for every event after `checkpoint`, up to `version`.
   * @throws CommandFault `projection-behind` when that would take more than 10,000 events
   */
  coverFrom(checkpoint: Position): Promise<void>
}

export function createFoldedStream<State, Event extends EventShape>(
  stream: string,
  { decider, snapshot, messages }: Pick<StreamKind<never, State, Event, unknown>, 'decider' | 'snapshot' | 'messages'>,
  { log, snapshots, decode, limitReads }: FoldingDeps,
): FoldedStream<State, Event> {
  let state = decider.initial
  let version = 0
  let position = log.start
  let lastAt = ''
  let recent = createRecentCommands(log.start, log.comparePositions)
  let recentMessages = createRecentMessages(log.comparePositions)
  let snapshotAt = 0
  let saving: Promise<unknown> = Promise.resolve()

  function remember({ version: at, position: last }: RecordedEvent, event: object, metadata: EventMetadata): void {
    const { commandId, fingerprint } = metadata
    recent.remember(commandId, { version: at, fingerprint: fingerprint ?? null, position: last })
    noteMessage(event, at, metadata.at, last)
  }

  function noteMessage(event: object, at: number, recordedAt: string, last: Position): void {
    const messageId = messages?.of(event as PublicEvent<Event>) ?? null
    if (messageId === null) return
    const dropped = recentMessages.note(messageId, { event: withoutWords(event), version: at, at: recordedAt }, last)
    if (dropped !== null) recent.moveTo(dropped)
  }

  function forgetRecent(after: Position): void {
    recent = createRecentCommands(after, log.comparePositions)
    recentMessages = createRecentMessages(log.comparePositions)
  }

  function take(recorded: RecordedEvent): void {
    if (recorded.version <= version) return
    const { event, metadata } = decode(recorded)
    state = decider.evolve(state, event as PublicEvent<Event>)
    version = recorded.version
    position = recorded.position
    lastAt = metadata.at
    remember(recorded, event, metadata)
  }

  async function readNew(): Promise<void> {
    for (;;) {
      const limit = version === 0 ? FIRST_PAGE : PAGE
      const page = await limitReads(() => log.readStream(stream, { after: version, limit }))
      page.forEach(take)
      if (page.length < limit) break
      if (limit === FIRST_PAGE) await skipToSnapshot()
    }
    saveSnapshot()
  }

  /** One that was made by another fold, or of another log, or of a future that a restored log has lost, is left alone. */
  async function skipToSnapshot(): Promise<void> {
    const found = await snapshots.load(stream).catch(() => null)
    if (found === null || found.evolveVersion !== snapshot.evolveVersion || found.version <= version) return
    const [event] = await limitReads(() => log.readStream(stream, { after: found.version - 1, limit: 1 }))
    if (event?.position !== found.position || found.version <= version) return
    state = snapshot.fromJson(JSON.parse(found.state))
    version = snapshotAt = found.version
    position = found.position
    lastAt = found.lastAt
    forgetRecent(position)
  }

  /** Nobody waits for it, and where it fails the next one will do. */
  function saveSnapshot(): void {
    if (version - snapshotAt < SNAPSHOT_EVERY) return
    snapshotAt = version
    const { evolveVersion, toJson } = snapshot
    const made = { stream, evolveVersion, version, position, lastAt, state: JSON.stringify(toJson(state)) }
    saving = saving.then(() => snapshots.save(made)).catch(() => undefined)
  }

  async function coverFrom(checkpoint: Position): Promise<void> {
    if (log.comparePositions(checkpoint, recent.after) >= 0) {
      recent.forgetUpTo(checkpoint)
      recentMessages.forgetUpTo(checkpoint)
      return
    }
    const newer: RecordedEvent[] = []
    for (let below = version + 1; ;) {
      const page = await limitReads(() => log.readStream(stream, { after: below, backwards: true, limit: PAGE }))
      const unknown = page.filter((recorded) => log.comparePositions(recorded.position, checkpoint) > 0)
      newer.push(...unknown)
      if (unknown.length < PAGE) break
      if (newer.length >= MAX_READ_BACK) throw new CommandFault('projection-behind')
      below = unknown[unknown.length - 1]?.version ?? 1
    }
    forgetRecent(checkpoint)
    for (const recorded of newer.reverse()) {
      const { event, metadata } = decode(recorded)
      remember(recorded, event, metadata)
    }
  }

  return {
    get state() {
      return state
    },
    get version() {
      return version
    },
    get position() {
      return position
    },
    get lastAt() {
      return lastAt
    },
    get remembered() {
      return recent.size + recentMessages.size
    },
    refresh: singleFlight(readNew),
    advance(appended, at) {
      for (const { event, ...made } of appended) {
        if (made.version <= version) continue
        state = decider.evolve(state, event)
        version = made.version
        position = at
        lastAt = made.at
        recent.remember(made.commandId, { version: made.version, fingerprint: made.fingerprint, position: at })
        noteMessage(event, made.version, made.at, at)
      }
      saveSnapshot()
    },
    observe(recorded) {
      if (recorded.version === version + 1) take(recorded)
    },
    find: (commandId) => recent.find(commandId),
    about: (messageId) => recentMessages.about(messageId),
    coverFrom,
  }
}

/** An event just made has all its fields; what is remembered of it has nothing personal. */
const withoutWords = (event: object): PublicEvent<ChatEvent> =>
  ({ type: (event as AnyView).type, ...publicFields(event as AnyView) }) as PublicEvent<ChatEvent>
