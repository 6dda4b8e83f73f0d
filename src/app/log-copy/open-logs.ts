import type { Pool } from 'pg'
import type { FailureReport } from '../../async/outage.js'
import { appendCopies } from '../../eventstore/copy/append-copies.js'
import type { CopyTarget } from '../../eventstore/copy/copy-target.js'
import type { EventLog, NewEvent, RecordedEvent } from '../../eventstore/event-log.js'
import { insertCopies } from '../../eventstore/postgres/insert-copies.js'
import { openPostgresEventLog } from '../../eventstore/postgres/postgres-event-log.js'
import { migrate } from '../../postgres/migrate.js'
import { createPool } from '../../postgres/pool.js'
import type { Config } from '../config.js'
import type { Databases } from '../databases.js'
import { mainMigrations } from '../migrations.js'
import type { Releases } from '../release.js'
import type { LogAddress } from './log-address.js'
import { LogCopyError } from './log-copy-error.js'

export interface OpenLogDeps {
  config: Pick<Config, 'eventStoreStreamPrefix'>
  databases: Pick<Databases, 'main' | 'mainUrl'>
  report: FailureReport
  releases: Releases
}

export interface OpenedLog {
  log: EventLog
  /** Of the Postgres that keeps it; null for EventStoreDB. */
  pool: Pool | null
}

/** @throws LogCopyError where it has no event */
export const openSource = async (address: LogAddress, deps: OpenLogDeps): Promise<EventLog> =>
  (await openLog(address, deps, refuseEmpty)).log

const refuseEmpty = (): never => {
  throw new LogCopyError('--from: the log has no event: name the log that is in use')
}

export interface OpenedTarget extends CopyTarget {
  pool: Pool | null
}

/** An empty one gets the first event of the source, which gives it the same id. */
export async function openTarget(address: LogAddress, first: RecordedEvent, deps: OpenLogDeps): Promise<OpenedTarget> {
  if (address.kind === 'postgres') await migrate(address.url, mainMigrations)
  const { id, type, data, metadata } = first
  const { log, pool } = await openLog(address, deps, () => ({ id, type, data, metadata }))
  return { log, pool, add: pool === null ? (events) => appendCopies(log, events) : createInsert(pool) }
}

/** The number of events is read once. */
function createInsert(pool: Pool): CopyTarget['add'] {
  let count: number | null = null
  return async (events) => {
    count ??= await countEvents(pool)
    await insertCopies(pool, count, events)
    count += events.length
  }
}

async function countEvents(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('select coalesce(max("position"), 0) as count from events')
  return Number(rows[0]?.count)
}

async function openLog(
  address: LogAddress,
  { config, databases, report, releases }: OpenLogDeps,
  openingEvent: () => NewEvent,
): Promise<OpenedLog> {
  if (address.kind === 'eventstoredb') {
    const { openEventStoreDbEventLog } = await import('../../eventstore/eventstoredb/eventstoredb-event-log.js')
    const { eventStoreStreamPrefix: streamPrefix } = config
    const connectionString = address.url
    const log = releases.add(await openEventStoreDbEventLog({ connectionString, streamPrefix, openingEvent, report }))
    return { log, pool: null }
  }
  const connectionString = address.kind === 'main' ? databases.mainUrl : address.url
  const pool = address.kind === 'main' ? databases.main : openPool(connectionString, releases)
  const log = releases.add(await openPostgresEventLog({ pool, connectionString, openingEvent, report }))
  return { log, pool }
}

function openPool(connectionString: string, releases: Releases): Pool {
  const pool = createPool({ connectionString, max: 4, applicationName: 'parley-log-copy' })
  releases.onRelease(() => pool.end())
  return pool
}
