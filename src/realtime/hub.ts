import type { FailureReport } from '../async/outage.js'
import type { EventLog, Page, Position, RecordedEvent } from '../eventstore/event-log.js'
import { NewerEventError, type EventReader, type OpenedEvent } from '../privacy/event-reader.js'
import { startFollower } from '../followers/follower.js'
import { createProgress, type Progress } from '../followers/progress.js'
import type { Delivery } from './audience.js'
import { isHeard } from './local-audience.js'
import type { UserCache } from './user-cache.js'
import { needsReadModel, type Render } from './render.js'
import type { Rooms } from './rooms.js'

/** Live events put aside for one socket that is not yet, or not just now, in its rooms. */
export interface Keeping {
  /** Every event above it is kept. */
  readonly since: Position
  readonly deliveries: readonly Delivery[]
  /** More came than it holds: some are lost, start again. */
  readonly isFull: boolean
  stop(): void
}

export interface HubStatus {
  status: 'live' | 'failing'
  /** Up to here everything was delivered. */
  position: Position
  /** Why it does not go on just now, and tries again; null while it is live. */
  reason: string | null
}

export interface Hub extends AsyncDisposable {
  /** What is delivered: to rooms, and to those who keep. */
  progress: Progress
  keep(): Keeping
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
  /** Bound of what is kept for one socket, in deliveries. */
  mostKept?: number
  /** Pause after the first failure, doubling up to 30 s. */
  retryMs?: number
}

/**
 * All that `conversations` reads, also what no socket is told of: both stop at the same event that this release does not know. Were
 * the hub to go past it, what comes after would wait for rows that are not made, and so would every socket that connects, while
 * the hub calls itself live.
 */
const STREAM_PREFIXES = ['user-', 'chat-', 'inbox-', 'moderation-']

/**
 * The node's one follower: from the log to this node's sockets, in the order of the log. Events are opened and rendered, however long
 * that takes, and then go out in one moment: to the rooms, moving those whose taking part begins or ends, and to who keeps. So at
 * any moment everything up to `progress.position` has gone to the rooms as they were then, and nothing above it.
 *
 * A failure (the read model away, an event that this release does not know) stops it there; it tries again and skips nothing.
 */
export function createHub(deps: HubDeps): Hub {
  const { log, reader, people, rooms, render, report, mostKept = 5_000, retryMs = 200 } = deps
  const progress = createProgress(people.since, (a, b) => log.comparePositions(a, b))
  const keepers = new Set<Delivery[]>()
  /** The end of what is being rendered. What nobody heard when that began is not rendered, so no keeping may begin below it. */
  let underWay = people.since

  async function deliverPage({ events, position }: Page, signal: AbortSignal): Promise<void> {
    const opened = await reader.open(events)
    for (const { event, position: at } of opened) {
      if (event.type === 'UserRegistered' || event.type === 'ProfileChanged') people.note(event, at)
    }
    for (const run of runsOf(opened)) await deliverRun(run, run.at(-1)?.position ?? position, signal)
    progress.moveTo(position)
    underWay = position
  }

  async function deliverRun(run: readonly OpenedEvent[], end: Position, signal: AbortSignal): Promise<void> {
    underWay = end
    const heard = keepers.size > 0 ? run : run.filter(isHeard(rooms, run))
    if (heard.some(needsReadModel)) await deps.progress.reached(end, { signal })
    const deliveries = heard.length === 0 ? [] : await render(heard, signal)
    signal.throwIfAborted()
    for (const delivery of deliveries) {
      rooms.deliver(delivery)
      for (const kept of keepers) if (kept.length <= mostKept) kept.push(delivery)
    }
    progress.moveTo(end)
    deps.onDelivered(heard.map(({ at }) => at))
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

    keep() {
      const deliveries: Delivery[] = []
      keepers.add(deliveries)
      return {
        since: underWay,
        deliveries,
        get isFull() {
          return deliveries.length > mostKept
        },
        stop: () => keepers.delete(deliveries),
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

/** Neighbours that either all need the read model or all do not, so that messages never wait for what comes after them. */
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

/** What comes before the event that this release does not know; nothing where the error is another. */
function partBefore(error: unknown, events: readonly RecordedEvent[]): RecordedEvent[] {
  if (!(error instanceof NewerEventError)) return []
  const { stream, version } = error
  return events.slice(
    0,
    events.findIndex((event) => event.stream === stream && event.version === version),
  )
}
