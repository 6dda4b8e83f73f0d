import { createSecretKey, randomBytes } from 'node:crypto'
import type pg from 'pg'
import {
  createCatalogueHandler,
  type CatalogueHandler,
  type CatalogueHandlerDeps,
} from '../../src/commands/catalogue/stream-kinds.js'
import { createSeal } from '../../src/commands/pipeline/seal-batch.js'
import { createSnapshots } from '../../src/commands/pipeline/snapshots.js'
import type { EventLog } from '../../src/eventstore/event-log.js'
import { openPostgresEventLog } from '../../src/eventstore/postgres/postgres-event-log.js'
import { createPool } from '../../src/postgres/pool.js'
import { createDataKeys } from '../../src/privacy/data-keys.js'
import { createEventReader, type EventReader } from '../../src/privacy/event-reader.js'
import { createEventSealer, type EventSealer } from '../../src/privacy/event-sealer.js'
import { createLocalEventCache } from '../../src/privacy/local-event-cache.js'
import { openProjection, type OpenProjection } from '../../src/projections/engine/open-projection.js'
import {
  createDecisionIndex,
  createDecisionIndexProjection,
} from '../../src/projections/decision-index/decision-index.js'
import { startRunner, type Runner } from '../../src/projections/engine/runner.js'
import { createReleases } from '../../src/app/release.js'
import { logOpening } from '../../src/app/log-opening.js'
import { ignoreFailures, onFailure } from './failure-report.js'
import { openEventStoreLog, newPrefix, type LogKind } from './event-logs.js'
import { createTestDatabase } from './test-database.js'

/** Log, keys and decision index on real Postgres, and as many command handlers on top as a test wants nodes. */
export interface WriteSide extends AsyncDisposable {
  pool: pg.Pool
  /** Where the pool connects to. */
  databaseUrl: string
  log: EventLog
  /** Another process's handle on the same log. */
  openLog(): Promise<EventLog>
  sealer: EventSealer
  reader: EventReader
  index: OpenProjection
  /** The index follows the log while its runner runs; it lags from when it is disposed. */
  startIndex(): Runner
  createNode(overrides?: Partial<CatalogueHandlerDeps>): CatalogueHandler
}

export async function openWriteSide(
  clock: () => Date = () => new Date(),
  kind: LogKind = 'postgres',
): Promise<WriteSide> {
  const releases = createReleases()
  const database = releases.add(await createTestDatabase())
  const openPool = (connectionString: string): pg.Pool => {
    const pool = createPool({ connectionString, max: 10 })
    releases.onRelease(() => pool.end())
    return pool
  }
  const pool = openPool(database.url)
  const masterKey = createSecretKey(randomBytes(32))
  const dataKeys = createDataKeys({ pool: openPool(database.keysUrl), masterKey })
  const made = createLocalEventCache()
  const sealer = createEventSealer({ dataKeys, masterKey, made })
  const reader = createEventReader({ dataKeys, made })
  const openingEvent = await logOpening(sealer, clock)
  const prefix = newPrefix()
  const openLog = async (): Promise<EventLog> =>
    releases.add(
      kind === 'postgres'
        ? await openPostgresEventLog({
            pool,
            connectionString: database.url,
            openingEvent,
            report: ignoreFailures,
            pollMs: 20,
          })
        : await openEventStoreLog(prefix, openingEvent),
    )
  const log = await openLog()
  const index = await openProjection(pool, createDecisionIndexProjection(reader), log)

  return {
    pool,
    databaseUrl: database.url,
    log,
    openLog,
    sealer,
    reader,
    index,
    startIndex: () => releases.add(startRunner(index, { log, pool, report })),
    createNode: (overrides = {}) =>
      releases.add(
        createCatalogueHandler({
          log,
          index: createDecisionIndex(pool, index),
          snapshots: createSnapshots(pool, report),
          seal: createSeal(sealer, clock),
          decode: (recorded) => reader.decode(recorded),
          onAppended: () => undefined,
          pause: () => Promise.resolve(),
          ...overrides,
        }),
      ),
    [Symbol.asyncDispose]: () => releases[Symbol.asyncDispose](),
  }
}

const report = onFailure(expectNoFailure)

function expectNoFailure(error: unknown): void {
  if (error instanceof Error && /ended|terminated/.test(error.message)) return
  throw error
}
