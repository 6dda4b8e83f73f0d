import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../src/postgres/embedded/embedded-postgres.js'
import { chromiumPath } from './browser.js'
import { startEventStore, useEventStore, type TestEventStore } from './event-store.js'
import { findPrometheus } from './prometheus.js'
import { findTestRedis } from './redis.js'
import {
  dropDatabases,
  execute,
  makeTemplates,
  settleDatabases,
  useTemplates,
  type Templates,
} from './test-database.js'

/** What all test processes of one run share: a Postgres with the migrated templates, and an EventStoreDB. */
export interface Services {
  templates: Templates
  eventStore: TestEventStore
}

/** For the whole run one Postgres, that of `PARLEY_TEST_POSTGRES_URL` or else one of our own, and one EventStoreDB: see `startEventStore`. */
export async function startServices(): Promise<Services & AsyncDisposable> {
  // Installed here, where no test's time runs out, where CI may install them.
  chromiumPath()
  findTestRedis()
  findPrometheus()
  const postgres = await startPostgres()
  const templates = await makeTemplates(postgres.url)
  const { stop, ...eventStore } = await startEventStore()
  return {
    templates,
    eventStore,
    async [Symbol.asyncDispose]() {
      await stop()
      await dropDatabases(templates)
      await postgres.stop()
    },
  }
}

let used: Services | undefined

/** Called once by each process that runs tests. */
export function useServices(services: Services): void {
  used = services
  useTemplates(services.templates)
  useEventStore(services.eventStore)
}

/** For a process that this one starts. */
export function usedServices(): Services {
  if (used) return used
  throw new Error('no services: run mocha with --require dist/test/support/global-setup.js')
}

/** Drops what this process made. @throws what kept a database from being dropped */
export const leaveServices = (): Promise<void> => settleDatabases()

/** The machine may lose the test databases with its power, so that no commit waits for the log to be written. */
const WITHOUT_DURABILITY = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
}

interface TestPostgres {
  url: string
  stop(): Promise<void>
}

async function startPostgres(): Promise<TestPostgres> {
  const given = process.env['PARLEY_TEST_POSTGRES_URL']
  if (given !== undefined) return { url: given, stop: () => Promise.resolve() }
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'))
  await chmod(dataDir, 0o755) // as root, Postgres runs as another user
  const settings = { ...WITHOUT_DURABILITY, max_connections: '600' }
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined, settings })
  const url = postgres.url('postgres')
  return {
    url,
    async stop() {
      // A connection that some test forgot would keep the server running.
      await execute(url, `select pg_terminate_backend(pid) from pg_stat_activity where datname <> 'postgres'`)
      await postgres.leave()
      await rm(dataDir, { recursive: true })
    },
  }
}
