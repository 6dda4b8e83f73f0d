import type { FailureReport } from '../../async/outage.js'
import type { EventLog, NewEvent } from '../event-log.js'
import { checkAppend } from '../event-text.js'
import { createPositions } from '../positions.js'
import { createTail, type TailBounds } from '../tail.js'
import { createAppends } from './appends.js'
import { createClientConnection } from './client-connection.js'
import { openClient } from './client.js'
import { createEventReads } from './event-reads.js'
import { createHeadMark, type MarkStore } from './head-mark.js'
import { openLog } from './log-opening.js'
import { createRecorded } from './recorded.js'
import { createSubscription } from './subscription.js'

/** Positions are offsets in the store's files; an event of ours takes about this much there. */
const BYTES_PER_EVENT = 1_000

export interface EventStoreDbEventLogOptions {
  /** `esdb://…` or `esdb+discover://…`; credentials in it, never per call. */
  connectionString: string
  /** Makes the first event of a new log; its data is `{"logId": "<the id given>"}`. */
  openingEvent: (logId: string) => NewEvent
  /** Receives outages of reading (`event-log`) and of keeping the head mark (`event-log-mark`). */
  report: FailureReport
  /** Prefix of every stream name in the store, not visible outside the adapter: several logs can share a server. */
  streamPrefix?: string
  /** How long one call may go without an answer. */
  timeoutMs?: number
  /** How long a store that is just starting is waited for when the log is opened. */
  patienceMs?: number
  /** How often the subscription is held against the log's head. */
  watchMs?: number
  /** Between attempts, while the store is away. */
  retryMs?: number
  /** Keeps how far the store was searched, so that a start costs the same however much others have stored. */
  markStore?: MarkStore | null
  tail?: TailBounds
}

/**
 * The event log in EventStoreDB. Opens a new log where there is none. Outlives an outage of the store: appends fail with
 * UnknownOutcomeError, reads with LogUnavailableError, and followers wait. See docs/eventstoredb.md for what each guard is for.
 */
export async function openEventStoreDbEventLog(options: EventStoreDbEventLogOptions): Promise<EventLog> {
  const {
    connectionString,
    openingEvent,
    report,
    streamPrefix = '',
    timeoutMs = 10_000,
    patienceMs = 30_000,
    watchMs = 2_000,
    retryMs = 100,
    markStore = null,
    tail: bounds,
  } = options
  const calls = { streamPrefix, timeoutMs }
  const connection = createClientConnection(() => openClient(connectionString))
  const appends = createAppends(() => openClient(connectionString), calls)
  const close = async (): Promise<void> => {
    await appends.close()
    await connection.close()
  }
  const opened = await openLog(connection, appends, openingEvent, { ...calls, patienceMs }).catch(
    async (error: unknown) => {
      await close()
      throw error
    },
  )
  const { id, first } = opened
  const positions = createPositions(id)
  const recorded = createRecorded(positions, streamPrefix)
  const mark = createHeadMark(markStore, id, first, report)
  const reads = createEventReads(connection, recorded, { ...calls, known: await mark.load(), onKnown: mark.note })
  const { fill } = createSubscription(connection, reads, recorded, { streamPrefix, watchMs, retryMs })
  const tail = createTail({ ...reads, fill }, positions, retryMs, report, bounds)
  let closed = false

  return {
    kind: 'eventstoredb',
    id,
    start: positions.format(0),

    async append(stream, expectedVersion, events) {
      if (closed) throw new Error('the event log is closed')
      checkAppend(stream, expectedVersion, events)
      const { version, at } = await appends.append(stream, expectedVersion, events)
      return { version, position: positions.format(at) }
    },

    readStream: (stream, readOptions) => reads.readStream(stream, readOptions),

    async readAll(after, limit) {
      const entries = await reads.readAll(positions.parse(after), limit)
      return { events: entries.map(({ event }) => event), position: entries.at(-1)?.event.position ?? after }
    },

    follow: (after, followOptions) => tail.follow(positions.parse(after), followOptions),
    head: async () => positions.format(await reads.head()),
    comparePositions: (a, b) => positions.parse(a) - positions.parse(b),
    countBetween(from, to) {
      const bytes = positions.parse(to) - Math.max(positions.parse(from), first)
      return Math.max(0, Math.ceil(bytes / BYTES_PER_EVENT))
    },

    async [Symbol.asyncDispose]() {
      closed = true
      await tail.close()
      await close()
      await mark.close()
    },
  }
}
