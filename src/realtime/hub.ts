import pLimit from 'p-limit'
import type { FailureReport } from '../async/outage.js'
import { describeError } from '../async/stack-of.js'
import type { AnyEvent } from '../domain/any-event.js'
import { logStream, rolesStream } from '../domain/streams.js'
import type { EventLog, Page, Position, RecordedEvent } from '../eventstore/event-log.js'
import { NewerEventError, type EventReader, type OpenedEvent } from '../privacy/event-reader.js'
import { startFollower } from '../followers/follower.js'
import { createProgress, type Progress } from '../followers/progress.js'
import type { Delivery } from './audience.js'
import { hasLocalAudience } from './local-audience.js'
import { concernsUser, isOfUser, type UserCache } from './user-cache.js'
import { needsReadModel, type Render } from './render.js'
import type { Rooms } from './rooms.js'
import type { DecodedInStream } from './frames.js'
import { WithheldChats, type WithheldChat } from './withheld-chats.js'

/** Live events buffered for one socket while it is not in its rooms. */
export interface LiveBuffer {
  /** Every event after this position is buffered. */
  readonly since: Position
  readonly deliveries: readonly Delivery[]
  /** More came than fits: some were dropped, and the socket must attach again. */
  readonly hasOverflowed: boolean
  stop(): void
}

export interface HubStatus {
  status: 'live' | 'failing'
  /** Everything up to this position was delivered. */
  position: Position
  /** Why delivery fails at the moment; null while it is live. */
  reason: string | null
}

export interface Hub extends AsyncDisposable {
  /** Of delivery, to rooms and buffers. */
  progress: Progress
  openBuffer(): LiveBuffer
  status(): HubStatus
}

/** An event that was read, but not opened. */
interface ReadEvent extends DecodedInStream {
  recorded: RecordedEvent
}

export interface HubDeps {
  log: EventLog
  reader: EventReader
  people: UserCache
  /** Of conversations. */
  progress: Progress
  rooms: Omit<Rooms, 'send' | 'sendVolatile'>
  render: Render
  /** Called after each delivery, with what was delivered and when its rendering began, by `performance.now()`. */
  onDelivered(delivered: readonly OpenedEvent[], began: number): void
  onErased(userId: string): void
  /** Called once the read model knows that a user shows their presence from now on, or no longer. */
  onPresenceSetting(userId: string): void
  report: FailureReport
  /** Most deliveries buffered for one socket. */
  maxBuffered?: number
  /** Pause after the first failure, doubling up to 30 s. */
  retryMs?: number
}

/**
 * Everything that `conversations` reads, including events that no socket receives, so that both stop at the same event that this release
 * does not know. If the hub went past it, later events and every socket that connects would wait for rows that are never written, while the hub
 * reports that it is live. Of the log's own stream it reads what an operator had the read model skip.
 */
const STREAM_PREFIXES = ['user-', 'chat-', 'inbox-', 'moderation-', rolesStream, logStream]

const isRead = ({ stream, type }: RecordedEvent): boolean => stream !== logStream || type === SKIPPED

const SKIPPED = 'ProjectionEventSkipped' as const satisfies AnyEvent['type']

/**
 * The node's one follower for sockets: from the log to this node's sockets, in the order of the log. Events are opened and rendered, which may
 * wait, and are then sent in one tick: to the rooms, after users who join were added and before users who leave are removed, and to
 * the buffers. So at any moment everything up to `progress.position` was sent to the rooms as they were then, and nothing after it.
 *
 * A failure (the read model is unavailable, an event is newer than this release) stops it there; it retries and skips nothing. A forged
 * event stops only its chat: the events after it go to nobody, until an operator has had `conversations` skip it; then its clients get `resync`.
 */
export function createHub(deps: HubDeps): Hub {
  const { log, reader, people, rooms, render, report, maxBuffered = 5_000, retryMs = 200 } = deps
  const progress = createProgress(people.since, (a, b) => log.comparePositions(a, b))
  const buffers = new Set<Delivery[]>()
  /** The end of the events being rendered. Those without an audience at their start are left out, so a buffer must not begin before it. */
  let renderedUpTo = people.since
  const withheld = new WithheldChats(log)
  /** Pages and the ends of withholding. */
  const oneAtATime = pLimit(1)
  const stop = new AbortController()
  const ending = new Set<Promise<void>>()

  async function deliverPage({ events, position }: Page, signal: AbortSignal): Promise<void> {
    const read = events.filter(isRead)
    const decoded = reader.authentic(read).map((recorded) => ({ ...recorded, ...reader.decode(recorded), recorded }))
    for (const recorded of read) if (!reader.isAuthentic(recorded)) withheld.addForged(recorded)
    for (const { event, position: at } of await open(decoded.filter(({ event }) => concernsUser(event)))) {
      if (isOfUser(event)) people.note(event, at)
      if (event.type === 'UserErased') deps.onErased(event.userId)
    }
    for (const run of runsOf(decoded, mustWait)) await deliverRun(run, run.at(-1)?.position ?? position, signal)
    for (const { event } of decoded)
      if (event.type === SKIPPED && event.projection === 'conversations') endWithholding(event.position)
    progress.moveTo(position)
    renderedUpTo = position
  }

  const open = (run: readonly ReadEvent[]): Promise<OpenedEvent[]> => reader.open(run.map(({ recorded }) => recorded))

  /** Only what has an audience on this node is decrypted. */
  async function deliverRun(run: readonly ReadEvent[], end: Position, signal: AbortSignal): Promise<void> {
    const began = performance.now()
    renderedUpTo = end
    const shown = run.filter((event) => !withheld.has(event))
    const audible = buffers.size > 0 ? shown : shown.filter(hasLocalAudience(rooms, shown))
    if (audible.some(needsReadModel)) await deps.progress.reached(end, { signal })
    const withAudience = await open(audible)
    const deliveries = withAudience.length === 0 ? [] : await render(withAudience, signal)
    signal.throwIfAborted()
    deliver(deliveries)
    deliver(run.filter((event) => withheld.has(event)).flatMap((event) => withheld.withhold(event)))
    for (const { event } of withAudience)
      if (event.type === 'ProfileChanged' && event.showPresence !== undefined) deps.onPresenceSetting(event.userId)
    progress.moveTo(end)
    deps.onDelivered(withAudience, began)
  }

  function deliver(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      rooms.deliver(delivery)
      for (const buffer of buffers) if (buffer.length <= maxBuffered) buffer.push(delivery)
    }
  }

  const mustWait = (event: ReadEvent): boolean => needsReadModel(event) && !withheld.has(event)

  function endWithholding(skipped: Position): void {
    const chat = withheld.skip(skipped)
    if (chat === null) return
    const ended = resume(chat).finally(() => ending.delete(ended))
    ending.add(ended)
  }

  /** Once the read model has everything that was withheld, so that clients find it there. Other chats do not wait for that. */
  async function resume(chat: WithheldChat): Promise<void> {
    const { signal } = stop
    let position: Position
    do {
      position = chat.last.position
      if (!(await deps.progress.reached(position, { signal }))) return
    } while (!(await oneAtATime(() => endUpTo(position, chat))))
  }

  /** False where more was withheld meanwhile. */
  function endUpTo(position: Position, chat: WithheldChat): boolean {
    if (chat.last.position !== position) return false
    deliver(withheld.end(chat))
    return true
  }

  async function handle(page: Page, signal: AbortSignal): Promise<void> {
    try {
      await deliverPage(page, signal)
    } catch (error) {
      const known = partBefore(error, page.events)
      const position = known.at(-1)?.position
      if (position !== undefined) await deliverPage({ events: known, position }, signal)
      throw error
    }
  }

  const follower = startFollower({
    name: 'realtime',
    log,
    streamPrefixes: STREAM_PREFIXES,
    start: () => progress.position,
    handle: (page, signal) => oneAtATime(() => handle(page, signal)),
    report,
    progress,
    retryMs,
  })
  return {
    progress,

    openBuffer() {
      const deliveries: Delivery[] = []
      buffers.add(deliveries)
      return {
        since: renderedUpTo,
        deliveries,
        get hasOverflowed() {
          return deliveries.length > maxBuffered
        },
        stop: () => buffers.delete(deliveries),
      }
    },

    status() {
      const { position, ...follows } = follower.status()
      const error = follows.error ?? withheld.reason
      return {
        status: error === null ? 'live' : 'failing',
        position,
        reason: error === null ? null : describeError(error),
      }
    },

    async [Symbol.asyncDispose]() {
      stop.abort()
      await follower[Symbol.asyncDispose]()
      await Promise.all(ending)
    },
  }
}

/** Splits into neighbours that all wait for the read model or all do not, so that messages never wait for what comes after them. */
function runsOf(events: readonly ReadEvent[], mustWait: (event: ReadEvent) => boolean): ReadEvent[][] {
  const runs: ReadEvent[][] = []
  for (const event of events) {
    const run = runs.at(-1)
    const [first] = run ?? []
    if (run !== undefined && first !== undefined && mustWait(first) === mustWait(event)) run.push(event)
    else runs.push([event])
  }
  return runs
}

/** The events before the one that is newer than this release; none for any other error. */
function partBefore(error: unknown, events: readonly RecordedEvent[]): RecordedEvent[] {
  if (!(error instanceof NewerEventError)) return []
  const { stream, version } = error
  return events.slice(
    0,
    events.findIndex((event) => event.stream === stream && event.version === version),
  )
}
