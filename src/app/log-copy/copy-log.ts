import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { FailureReport } from '../../async/outage.js'
import { logStream } from '../../domain/streams.js'
import { type CopyResult, copyEvents, LogsDifferError } from '../../eventstore/copy/copy-events.js'
import { createPositionMap } from '../../eventstore/copy/position-map.js'
import type { EventLog, Position } from '../../eventstore/event-log.js'
import { logIdIn } from '../../eventstore/log-id.js'
import { withLogId } from '../../eventstore/positions.js'
import { appendToLogStream } from '../../privacy/log-stream.js'
import { readSkippedEvents, type SkippedEvents } from '../../projections/engine/skipped-events.js'
import { commandCacheSizes } from '../cache-sizes.js'
import type { Config } from '../config.js'
import { countOtherProcesses, openDatabases, type Databases } from '../databases.js'
import { openSealing, type Sealing } from '../foundations.js'
import { openAnalyticsPool } from '../open-analytics-pool.js'
import type { Releases } from '../release.js'
import { isSameAddress, type LogAddress, orMain } from './log-address.js'
import { LogCopyError } from './log-copy-error.js'
import { type OpenedTarget, openSource, openTarget } from './open-logs.js'
import {
  ANALYTICS_COLUMNS,
  copyFollowers,
  followCopy,
  readStoredPositions,
  translatePositions,
} from './stored-positions.js'

export interface LogCopyOptions {
  from: LogAddress
  to: LogAddress
  print(line: string): void
  report: FailureReport
  /** `total` is an estimate where the source is EventStoreDB. */
  onProgress(done: number, total: number): void
  signal: AbortSignal
}

export type LogCopyOutcome = { events: number; added: number } & (
  | { kind: 'interrupted' }
  /** Nodes are running, and may append more. */
  | { kind: 'unfinished'; processes: number }
  /** `isInUse`: everything in the main database follows the copy from now on; false for another Postgres than that. */
  | { kind: 'finished'; logId: string; isInUse: boolean }
)

/** What a run works on. */
interface Run {
  source: EventLog
  target: OpenedTarget
  databases: Databases
  sealing: Sealing
  analytics: Pool | null
  isInUse: boolean
}

/**
 * Copies a log to another store, event for event, and finishes once no node runs: `LogCopied` gives the copy an id of its own, and followers
 * go on from the same event. May be interrupted and repeated at any time.
 * @throws LogCopyError
 */
export async function copyLog(config: Config, options: LogCopyOptions, releases: Releases): Promise<LogCopyOutcome> {
  const run = await openRun(config, options, releases)
  await refuseForeign(run)
  for (;;) {
    const isQuiet = (await countOtherProcesses(run.databases.main)) === 0
    const { result, positions, skipped } = await copyOnce(run, options, isQuiet)
    const counts = { events: result.verified, added: result.added }
    if (options.signal.aborted) return { ...counts, kind: 'interrupted' }
    const processes = await countOtherProcesses(run.databases.main)
    if (processes > 0) return { ...counts, kind: 'unfinished', processes }
    if (!isQuiet) continue // what followers have stored is read once the last node has ended
    const logId = await finish(run, result, positions, skipped)
    return { ...counts, kind: 'finished', logId, isInUse: run.isInUse }
  }
}

/** It reads and translates one table after the other. */
const ANALYTICS_CONNECTIONS = 1

async function openRun(config: Config, { from, to, print, report }: LogCopyOptions, releases: Releases): Promise<Run> {
  const [source, target] = [orMain(from, config.databaseUrl), orMain(to, config.databaseUrl)]
  if (isSameAddress(source, target)) throw new LogCopyError('--from and --to name the same log')
  const databases = await openDatabases(config, print, releases)
  await lock(databases.main, releases)
  const sealing = await openSealing(config, databases, report, commandCacheSizes)
  const deps = { config, databases, report, releases }
  const log = await openSource(source, deps)
  const [first] = (await log.readAll(log.start, 1)).events
  if (first === undefined || !sealing.reader.isAuthentic(first))
    throw new LogCopyError('--from: the log is of another installation, or MASTER_KEY is not the key that signed it')
  const analytics =
    databases.analytics === null ? null : await openAnalyticsPool(databases.analytics, ANALYTICS_CONNECTIONS, releases)
  return {
    source: log,
    target: await openTarget(target, first, deps),
    databases,
    sealing,
    analytics,
    isInUse: target.kind !== 'postgres',
  }
}

/** Held by this process until it ends. */
async function lock(main: Pool, releases: Releases): Promise<void> {
  const client = await main.connect()
  releases.onRelease(() => client.release(true))
  const text = `select pg_try_advisory_lock(hashtextextended('parley/log-copy', 0)) as taken`
  const { rows } = await client.query<{ taken: boolean }>(text)
  if (rows[0]?.taken !== true) throw new LogCopyError('Another "parley log copy" is running')
}

/** Where the read models follow neither the source nor its finished copy, another log is in use. */
async function refuseForeign({ source, target, databases: { main } }: Run): Promise<void> {
  const { rows } = await main.query<{ position: Position }>('select position from projections')
  const isKnown = ({ position }: { position: Position }): boolean =>
    [source.id, target.log.id].some((id) => position.startsWith(`${id}.`))
  if (!rows.every(isKnown))
    throw new LogCopyError('--from: the read models in DATABASE_URL follow another log: name the one that is in use')
}

async function copyOnce(
  { source, target, databases, sealing, analytics }: Run,
  options: LogCopyOptions,
  isQuiet: boolean,
) {
  const skipped = await readSkippedEvents(source, sealing.reader)
  const isOfSource = (position: Position): boolean => position.startsWith(`${source.id}.`)
  const wanted = [...skipped.values()].flatMap((found) => [...found].filter(isOfSource))
  if (isQuiet) wanted.push(...(await readStoredPositions(databases.main, source.id)))
  if (isQuiet && analytics !== null)
    wanted.push(...(await readStoredPositions(analytics, source.id, ANALYTICS_COLUMNS)))
  const map = createPositionMap(source, target.log, wanted)
  const total = source.countBetween(source.start, await source.head())
  try {
    const result = await copyEvents({
      source,
      target,
      onPair: (_ordinal, original, copy) => map.onPair(original, copy),
      onProgress: (done) => options.onProgress(done, Math.max(done, total)),
      signal: options.signal,
    })
    return { result, positions: map.entries(), skipped }
  } catch (error) {
    if (!(error instanceof LogsDifferError)) throw error
    throw new LogCopyError(
      `--to: event ${error.ordinal} there is not event ${error.ordinal} of the source, so that it is no unfinished copy of it: name an empty store`,
    )
  }
}

/** The id of the copy. */
async function finish(
  { source, target, databases: { main }, sealing, analytics, isInUse }: Run,
  { surplus }: CopyResult,
  found: ReadonlyMap<Position, Position>,
  skipped: SkippedEvents,
): Promise<string> {
  const [after, ...more] = surplus
  const known = after?.stream === logStream && after.type === 'LogCopied' ? logIdIn(after.data) : null
  if (more.length > 0 || (after !== undefined && known === null))
    throw new LogCopyError('--to: the log there goes on after the end of the source: it is in use, or not its copy')
  const logId = known ?? randomUUID()
  const positions = new Map(Array.from(found, ([old, position]) => [old, withLogId(position, logId)]))
  const event = { type: 'LogCopied', logId, ...listed(skipped, positions) } as const
  if (known === null) await appendToLogStream(() => [event], { log: target.log, ...sealing })
  if (analytics !== null) await translatePositions(analytics, positions, ANALYTICS_COLUMNS)
  if (isInUse) await followCopy(main, source.id, positions)
  else if (target.pool !== null) await copyFollowers(main, target.pool, positions)
  return logId
}

/** The field of `LogCopied`; none where nothing was skipped. */
function listed(skipped: SkippedEvents, positions: ReadonlyMap<Position, Position>) {
  const list = [...skipped].flatMap(([projection, found]) =>
    [...found].flatMap((old) => {
      const position = positions.get(old)
      return position === undefined ? [] : [{ projection, position }]
    }),
  )
  return list.length === 0 ? {} : { skipped: list }
}
