import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { initialisePostgres, SUPERUSER } from '../../src/postgres/embedded/initialise-postgres.js'
import { findPort, startPostmaster, stopPostmaster } from '../../src/postgres/embedded/postmaster.js'
import { findHome } from '../../src/postgres/embedded/postgres-home.js'
import { eventually } from './eventually.js'
import { execute } from './test-database.js'

/** A Postgres for one test file, which may be stopped, killed and started again on the same port and data. */
export interface OwnPostgres extends AsyncDisposable {
  /** The empty database `parley`, for the role that owns it, which is no superuser. */
  url: string
  /** The same database, for the superuser. */
  adminUrl: string
  /** In good order: connections are ended, nothing is lost. */
  stop(): Promise<void>
  /** Kills the server; what was committed is recovered by the next start. */
  crash(): Promise<void>
  /** Resolves once it accepts connections; also where it has been running all the time. */
  start(): Promise<void>
}

/** Several nodes share it. */
const SETTINGS = { fsync: 'off', max_connections: '300' }
const RECOVERY_MS = 60_000

/** `folder` is where its data goes, and is left there; a temporary one by default. */
export async function startOwnPostgres(folder?: string): Promise<OwnPostgres> {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'parley-postgres-')))
  await chmod(dataDir, 0o755) // as root, Postgres runs as another user
  const home = await findHome(dataDir, () => undefined)
  await initialisePostgres(home, 'admin')
  const port = await startPostmaster(home, SETTINGS)
  const urlOf = (role: string, database: string): string => `postgres://${role}@127.0.0.1:${port}/${database}`
  const adminUrl = urlOf(`${SUPERUSER}:admin`, 'parley')
  await execute(
    urlOf(`${SUPERUSER}:admin`, 'postgres'),
    `create role application login password 'application'`,
    'create database parley owner application',
  )

  async function restart(): Promise<void> {
    if ((await findPort(home)) === undefined) await startPostmaster(home, { ...SETTINGS, port: String(port) })
    const client = new Client({ connectionString: adminUrl })
    await client.connect()
    await client.end()
  }

  return {
    url: urlOf('application:application', 'parley'),
    adminUrl,
    stop: () => stopPostmaster(home),
    async crash() {
      const [pid] = (await readFile(join(home.data, 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
    },
    // It starts only once the last process of the one before has ended, and answers only once it has recovered.
    start: () => eventually(restart, { timeoutMs: RECOVERY_MS }),
    async [Symbol.asyncDispose]() {
      if ((await findPort(home)) !== undefined) await stopPostmaster(home)
      if (folder === undefined) await rm(dataDir, { recursive: true })
    },
  }
}
