import type pg from 'pg'
import type { FailureReport } from '../../async/outage.js'
import { openNotifications } from '../../postgres/notifications.js'
import { type EventLog, type NewEvent, WrongExpectedVersionError } from '../event-log.js'
import { checkAppend } from '../event-text.js'
import { openLogId } from '../log-id.js'
import { createPositions } from '../positions.js'
import { createTail, type TailBounds } from '../tail.js'
import type { Entry } from '../window.js'
import { createAppendConnection } from './append-connection.js'
import { createAppendQueue, type Done } from './append-queue.js'
import { createEventTable } from './event-table.js'
import { createLogOpening } from './log-opening.js'
import { createPolling } from './polling.js'

export interface PostgresEventLogOptions {
  /** Stays the caller's, and outlives the log. One of its connections is kept for appends. */
  pool: pg.Pool
  /** The same database again, for the connection that listens. */
  connectionString: string
  /** Makes the first event of a new log; its data is `{"logId": "<the id given>"}`. */
  openingEvent: (logId: string) => NewEvent
  /** Receives outages of reading (`event-log`) and of notifications (`event-log-notifications`). */
  report: FailureReport
  /** How long an event may stay unnoticed when its notification is lost. */
  pollMs?: number
  /** How long a call to Postgres may take, and how long an append may wait for its connection before that. */
  timeoutMs?: number
  tail?: TailBounds
}

/**
 * The event log in one Postgres table, made by `logMigrations`. Opens a new log when the table is empty. Outlives an outage of
 * Postgres: appends fail with UnknownOutcomeError, also where no connection could be had, reads with the driver's error, and
 * followers wait.
 */
export async function openPostgresEventLog(options: PostgresEventLogOptions): Promise<EventLog> {
  const { pool, connectionString, openingEvent, report, pollMs = 250, timeoutMs = 10_000, tail: bounds } = options
  const id = await openLogId(createLogOpening(pool), openingEvent)
  const positions = createPositions(id)
  const table = createEventTable(pool, positions, timeoutMs)
  const connection = createAppendConnection(pool, timeoutMs)
  const queue = createAppendQueue((call) => connection.send(call), onDone)
  const polling = createPolling(table, pollMs)
  const tail = createTail({ ...table, fill: polling.fill }, positions, pollMs, report, bounds)
  const notifications = openNotifications({
    pool,
    connectionString,
    channel: 'parley_events',
    report,
    name: 'event-log-notifications',
    onNotified: () => polling.wake(),
  })
  let closed = false

  /** One notification for all that a call appended. */
  function onDone(done: readonly Done[]): void {
    const appended = done.flatMap(placed)
    if (appended.length > 0) polling.appended(appended)
    if (done.some(({ verdict }) => verdict.outcome === 'repeated')) polling.wake()
    if (done.some(({ verdict }) => verdict.outcome !== 'conflict')) notifications.announce('')
  }

  /** Its events as the log holds them; none of an append that added nothing. */
  function placed({ append: { stream, expected, events }, verdict }: Done): Entry[] {
    if (verdict.outcome !== 'appended') return []
    const before = verdict.position - events.length
    return events.map(({ id, type, data, metadata }, index) => {
      const at = before + index + 1
      const version = expected + index + 1
      return { at, event: { stream, version, position: positions.format(at), id, type, data, metadata } }
    })
  }

  return {
    kind: 'postgres',
    id,
    start: positions.format(0),

    async append(stream, expectedVersion, events) {
      if (closed) throw new Error('the event log is closed')
      checkAppend(stream, expectedVersion, events)
      const verdict = await queue.append({ stream, expected: expectedVersion, events })
      const { outcome, version } = verdict
      if (outcome === 'conflict') throw new WrongExpectedVersionError(stream, expectedVersion, version)
      return { version, position: positions.format(verdict.position) }
    },

    readStream: (stream, readOptions) => table.readStream(stream, readOptions),

    async readAll(after, limit) {
      const entries = await table.readAll(positions.parse(after), limit)
      return { events: entries.map(({ event }) => event), position: entries.at(-1)?.event.position ?? after }
    },

    follow: (after, followOptions) => tail.follow(positions.parse(after), followOptions),
    head: async () => positions.format(await table.head()),
    comparePositions: (a, b) => positions.parse(a) - positions.parse(b),
    countBetween: (from, to) => Math.max(0, positions.parse(to) - positions.parse(from)),

    async [Symbol.asyncDispose]() {
      closed = true
      await queue.idle()
      await Promise.all([tail.close(), notifications[Symbol.asyncDispose](), connection.close()])
    },
  }
}
