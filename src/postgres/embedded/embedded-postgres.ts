import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, escapeIdentifier } from 'pg'
import { lock } from 'proper-lockfile'
import { APPLICATION_ROLE, makeRole } from './application-role.js'
import { makeDataDir } from './data-dir.js'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'
import { initialisePostgres, SUPERUSER } from './initialise-postgres.js'
import { findHome, type PostgresHome } from './postgres-home.js'
import { readOrMakePassword } from './postgres-password.js'
import { keepPresence, type Presence } from './presence.js'
import { findPort, startPostmaster, stopPostmaster, type PostgresSettings } from './postmaster.js'

export interface EmbeddedPostgresOptions {
  /** Its data, password and lock go below this folder, which is made when it is not there. */
  dataDir: string
  /** Shows the operator one line; where the data is, only when this starts the server. */
  log: (line: string) => void
  /** On top of Postgres's defaults, which keep every commit; they count for the one who starts it, not for who finds it running. */
  settings?: PostgresSettings
}

/**
 * A Postgres of our own, shared by all processes that name the same data directory: the first starts it, also one that a crash left
 * running is used as it is, and who leaves last stops it. Every user holds a connection from start to leave, by which the others
 * see that there is one; it goes with the process, however that ends.
 */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** The URL by which the superuser connects to a database, password included: not for a log. */
  url(database: string): string
  /** Makes the role `parley_app` unless it is there. Gives the URLs by which it connects, password included. */
  makeApplicationRole(): Promise<(database: string) => string>
  /** The same for another role; `parley_x` has its password in the file `postgres-x-password`. */
  makeRole(role: `parley_${string}`): Promise<(database: string) => string>
  /** Makes an empty database unless there is one of that name. */
  createDatabase(name: string): Promise<void>
  /** Close all other connections first. Stops the server when nobody else uses it; a second call does nothing more. */
  leave(): Promise<void>
}

const PRESENCE = 'parley-presence'
const CONNECT_TIMEOUT_MS = 60_000
const LINGER_MS = 2_000

/** @throws EmbeddedPostgresError no binaries for this platform, no user to run as, data that it cannot use */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = await makeDataDir(options.dataDir)
  const passwordFile = join(dataDir, 'postgres-password')
  return locked(dataDir, async () => {
    const places: string[] = []
    const home = await findHome(dataDir, (line) => places.push(line))
    const password = await readOrMakePassword(passwordFile)
    await initialisePostgres(home, password)
    const settings = options.settings ?? {}
    const isStarted = (await findPort(home)) !== undefined
    const first = await enter(home, password, settings)
    if (!isStarted) for (const line of places) options.log(line)
    const { port } = first
    const connect = () => locked(dataDir, () => enter(home, password, { ...settings, port: String(port) }))
    const presence = keepPresence(first, { connect, log: options.log })
    return embeddedPostgres({ dataDir, home, password, port, presence })
  })
}

interface Running {
  dataDir: string
  home: PostgresHome
  password: string
  /** The same after a restart, for the URLs that were given out. */
  port: number
  presence: Presence
}

function embeddedPostgres({ dataDir, home, password, port, presence }: Running): EmbeddedPostgres {
  let left: Promise<void> | undefined
  async function leaveOnce(): Promise<void> {
    await presence.end()
    await locked(dataDir, () => leaveAlone(home, presence.client))
  }
  const leave = (): Promise<void> => (left ??= leaveOnce())
  const makeOne = (role: string) =>
    locked(dataDir, async () => {
      const rolePassword = await readOrMakePassword(join(dataDir, `postgres-${role.replace('parley_', '')}-password`))
      await makeRole(presence.client, role, rolePassword)
      return (database: string) => urlOf(database, port, rolePassword, role)
    })
  return {
    url: (database) => urlOf(database, port, password),
    makeApplicationRole: () => makeOne(APPLICATION_ROLE),
    makeRole: makeOne,
    createDatabase: (name) => locked(dataDir, () => createDatabase(presence.client, name)),
    leave,
    [Symbol.asyncDispose]: leave,
  }
}

/** Connects to the Postgres that runs, else starts it. One in recovery, or about to end, is waited for. */
async function enter(home: PostgresHome, password: string, settings: PostgresSettings): Promise<Client> {
  const deadline = Date.now() + CONNECT_TIMEOUT_MS
  for (;;) {
    const port = (await findPort(home)) ?? (await startPostmaster(home, settings))
    const client = new Client({ connectionString: urlOf('postgres', port, password), application_name: PRESENCE })
    try {
      await client.connect()
      return client
    } catch (error) {
      if (!isPassing(error) || Date.now() > deadline) throw refused(home, error)
    }
    await sleep(50)
  }
}

const PASSING = new Set(['ECONNREFUSED', 'ECONNRESET', '57P03' /* cannot connect now */])
const isPassing = (error: unknown): boolean => PASSING.has((error as { code?: string }).code ?? '')

const refused = (home: PostgresHome, cause: unknown): Error =>
  new EmbeddedPostgresError(
    `the Postgres on ${home.data} accepts no connection (${(cause as Error).message}): its log is there, postgres.log`,
    { cause },
  )

const urlOf = (database: string, port: number, password: string, role = SUPERUSER): string =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${database}`

async function createDatabase(client: Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
  if (rowCount === 0) await client.query(`create database ${escapeIdentifier(name)}`)
}

async function leaveAlone(home: PostgresHome, presence: Client): Promise<void> {
  // A connection that broke says that the server has gone, or will be found running by the next start: nothing to do either way.
  const last = await isLastUser(presence).catch(() => false)
  await presence.end()
  if (last) await stopPostmaster(home)
}

/** Connections closed just now, our own pool's among them, take a moment to go; someone else's presence stays. */
async function isLastUser(presence: Client): Promise<boolean> {
  const deadline = Date.now() + LINGER_MS
  for (;;) {
    const { rows } = await presence.query<{ application_name: string }>(
      `select application_name from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    )
    if (rows.length === 0) return true
    if (rows.some(({ application_name }) => application_name === PRESENCE) || Date.now() > deadline) return false
    await sleep(20)
  }
}

/** One process at a time starts or leaves. The lock of a killed process expires after 10 s. */
async function locked<Result>(dataDir: string, work: () => Promise<Result>): Promise<Result> {
  const release = await lock(join(dataDir, 'postgres'), {
    realpath: false, // what it is named after may not be there yet
    stale: 10_000,
    retries: { retries: 1_200, factor: 1, minTimeout: 100, maxTimeout: 100 },
  })
  try {
    return await work()
  } finally {
    await release()
  }
}
