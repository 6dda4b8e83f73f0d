import type { FailureReport } from '../async/outage.js'
import type { EventLog, Page, Position, RecordedEvent } from '../eventstore/event-log.js'
import { NewerEventError, type EventReader, type OpenedEvent } from '../privacy/event-reader.js'
import { startFollower } from '../followers/follower.js'
import { createProgress, type Progress } from '../followers/progress.js'
import type { Delivery } from './audience.js'
import { hasLocalAudience } from './local-audience.js'
import type { UserCache } from './user-cache.js'
import { needsReadModel, type Render } from './render.js'
import type { Rooms } from './rooms.js'

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

export interface HubDeps {
  log: EventLog
  reader: EventReader
  people: UserCache
  /** Of conversations. */
  progress: Progress
  rooms: Rooms
  render: Render
  /** Called after each delivery, with the recorded time of what was delivered. */
  onDelivered(recordedAt: readonly string[]): void
  report: FailureReport
  /** Most deliveries buffered for one socket. */
  maxBuffered?: number
  /** Pause after the first failure, doubling up to 30 s. */
  retryMs?: number
}

/**
 * Everything that `conversations` reads, including events that no socket receives, so that both stop at the same event that this release
 * does not know. If the hub went past it, later events and every socket that connects would wait for rows that are never written, while the hub
 * reports that it is live.
 */
const STREAM_PREFIXES = ['user-', 'chat-', 'inbox-', 'moderation-']

/**
 * The node's one follower for sockets: from the log to this node's sockets, in the order of the log. Events are opened and rendered, which may
 * wait, and are then sent in one tick: to the rooms, after users who join were added and before users who leave are removed, and to
 * the buffers. So at any moment everything up to `progress.position` was sent to the rooms as they were then, and nothing after it.
 *
 * A failure (the read model is unavailable, an event is newer than this release) stops it there; it retries and skips nothing.
 */
export function createHub(deps: HubDeps): Hub {
  const { log, reader, people, rooms, render, report, maxBuffered = 5_000, retryMs = 200 } = deps
  const progress = createProgress(people.since, (a, b) => log.comparePositions(a, b))
  const buffers = new Set<Delivery[]>()
  /** The end of the events being rendered. Those without an audience at their start are left out, so a buffer must not begin before it. */
  let renderedUpTo = people.since

  async function deliverPage({ events, position }: Page, signal: AbortSignal): Promise<void> {
    const opened = await reader.open(events)
    for (const { event, position: at } of opened) {
      if (event.type === 'UserRegistered' || event.type === 'ProfileChanged' || event.type === 'UserErased')
        people.note(event, at)
    }
    for (const run of runsOf(opened)) await deliverRun(run, run.at(-1)?.position ?? position, signal)
    progress.moveTo(position)
    renderedUpTo = position
  }

  async function deliverRun(run: readonly OpenedEvent[], end: Position, signal: AbortSignal): Promise<void> {
    renderedUpTo = end
    const withAudience = buffers.size > 0 ? run : run.filter(hasLocalAudience(rooms, run))
    if (withAudience.some(needsReadModel)) await deps.progress.reached(end, { signal })
    const deliveries = withAudience.length === 0 ? [] : await render(withAudience, signal)
    signal.throwIfAborted()
    for (const delivery of deliveries) {
      rooms.deliver(delivery)
      for (const buffer of buffers) if (buffer.length <= maxBuffered) buffer.push(delivery)
    }
    progress.moveTo(end)
    deps.onDelivered(withAudience.map(({ at }) => at))
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
    handle,
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
      const { error, position } = follower.status()
      return { status: error === null ? 'live' : 'failing', position, reason: error === null ? null : reasonOf(error) }
    },

    [Symbol.asyncDispose]: () => follower[Symbol.asyncDispose](),
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** Splits into neighbours that all need the read model or all do not, so that messages never wait for what comes after them. */
function runsOf(events: readonly OpenedEvent[]): OpenedEvent[][] {
  const runs: OpenedEvent[][] = []
  for (const event of events) {
    const run = runs.at(-1)
    const [first] = run ?? []
    if (run !== undefined && first !== undefined && needsReadModel(first) === needsReadModel(event)) run.push(event)
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
