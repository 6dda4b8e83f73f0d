import pg from 'pg'
import type { EventLog, NewEvent } from '../../src/eventstore/event-log.js'
import { openPostgresEventLog, type PostgresEventLogOptions } from '../../src/eventstore/postgres/postgres-event-log.js'
import { ignoreFailures } from '../support/failure-report.js'
import { newEvent } from '../contract/event-log-support.js'

export interface OpenedPostgresLog extends AsyncDisposable {
  log: EventLog
  pool: pg.Pool
}

/** A log with a pool of its own, as one process would have it. */
export async function openPostgresLog(
  url: string,
  options: Partial<PostgresEventLogOptions> = {},
): Promise<OpenedPostgresLog> {
  const pool = new pg.Pool({ connectionString: url, max: 5 })
  pool.on('error', () => undefined) // tests break connections on purpose
  const log = await openPostgresEventLog({
    pool,
    connectionString: url,
    openingEvent,
    report: ignoreFailures,
    ...options,
  })
  return {
    log,
    pool,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]()
      await pool.end()
    },
  }
}

export const openingEvent = (logId: string) => newEvent({ type: 'LogOpened', data: JSON.stringify({ logId }) })

/** The same log, whose disposal ends its pool as well. */
export const withOwnPool = (opened: OpenedPostgresLog): EventLog => ({
  ...opened.log,
  [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
})

/** What `append_events` takes, for tests that call it without the adapter. */
export function callOf(...given: { stream: string; expected: number; events: NewEvent[] }[]): string[] {
  const appends = given.map(({ stream, expected, events }) => ({ stream, expected, count: events.length }))
  const events = given.flatMap(({ stream, expected, events: all }) =>
    all.map(({ id, type }, index) => ({ stream, version: expected + index + 1, id, type })),
  )
  const textsOf = (field: 'data' | 'metadata') =>
    given.flatMap((append) => append.events.map((event) => event[field])).join('\x1e')
  return [JSON.stringify(appends), JSON.stringify(events), textsOf('data'), textsOf('metadata')]
}
