import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../src/postgres/embedded/embedded-postgres.js'
import { chromiumPath, sayWhatLackedBrowser } from './browser.js'
import { countEventStoreTest, sayWhatWasReal, startEventStore } from './event-store.js'
import { findTestRedis, sayWhatLackedRedis } from './redis.js'
import { dropTemplates, execute, makeTemplates } from './test-database.js'

let stopServer: (() => Promise<void>) | undefined
let stopEventStore: (() => Promise<void>) | undefined

/** For the whole run one Postgres, that of `PARLEY_TEST_POSTGRES_URL` or else one of our own, and one EventStoreDB: see `startEventStore`. */
export async function mochaGlobalSetup(): Promise<void> {
  // mocha by itself would pass over them
  process.on('unhandledRejection', (error) => {
    throw error
  })
  // Here, where no test's time runs out, for CI may install them.
  chromiumPath()
  findTestRedis()
  await makeTemplates(process.env['PARLEY_TEST_POSTGRES_URL'] ?? (await startServer()))
  stopEventStore = await startEventStore()
}

export const mochaHooks = {
  afterEach(this: Mocha.Context): void {
    if (this.currentTest?.fullTitle().includes('EventStoreDB') === true) countEventStoreTest()
  },
}

export async function mochaGlobalTeardown(): Promise<void> {
  sayWhatWasReal()
  sayWhatLackedRedis()
  sayWhatLackedBrowser()
  await stopEventStore?.()
  await dropTemplates()
  await stopServer?.()
}

async function startServer(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'))
  await chmod(dataDir, 0o755) // as root, Postgres runs as another user
  const settings = { fsync: 'off', max_connections: '300' }
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings })
  const server = postgres.url('postgres')
  stopServer = async () => {
    await endConnections(server)
    await postgres.leave()
    await rm(dataDir, { recursive: true })
  }
  return server
}

/** A connection that some test forgot would keep the server running. */
const endConnections = (server: string): Promise<unknown> =>
  execute(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname <> 'postgres'`)
