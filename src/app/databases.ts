import { randomUUID, type KeyObject } from 'node:crypto'
import pg from 'pg'
import type { Config } from './config.js'
import { startEmbeddedPostgres } from '../postgres/embedded/embedded-postgres.js'
import { migrate } from '../postgres/migrate.js'
import { readOrMakeLocalSecrets } from './local-secrets.js'
import type { Releases } from './release.js'
import { keysMigrations, mainMigrations } from './migrations.js'

/** Tells this process's connections from those of others. */
const APPLICATION_NAME = `parley ${randomUUID()}`

export interface Databases {
  /** Log, credentials, read models. */
  main: pg.Pool
  mainUrl: string
  keys: pg.Pool
  masterKey: KeyObject
  tokenKeys: { kid: string; key: KeyObject }[]
  /** As the start-up lines name it; without a password. */
  where: string
}

/** The databases of the configuration, migrated; embedded ones where it names none. */
export async function openDatabases(
  config: Config,
  print: (line: string) => void,
  releases: Releases,
): Promise<Databases> {
  const found = await locate(config, print, releases)
  await migrate(found.mainUrl, mainMigrations)
  await migrate(found.keysUrl, keysMigrations)
  return { ...found, main: openPool(found.mainUrl, 20, releases), keys: openPool(found.keysUrl, 4, releases) }
}

async function locate(config: Config, print: (line: string) => void, releases: Releases) {
  const { databaseUrl, keysDatabaseUrl, masterKey, tokenKeys, dataDir } = config
  if (databaseUrl !== null && keysDatabaseUrl !== null && masterKey !== null && tokenKeys !== null) {
    const { host, pathname } = new URL(databaseUrl)
    return { mainUrl: databaseUrl, keysUrl: keysDatabaseUrl, masterKey, tokenKeys, where: `${host}${pathname}` }
  }
  const postgres = releases.add(await startEmbeddedPostgres({ dataDir, log: print }))
  await postgres.createDatabase('parley')
  await postgres.createDatabase('parley_keys')
  const local = await readOrMakeLocalSecrets(dataDir)
  return {
    mainUrl: postgres.url('parley'),
    keysUrl: postgres.url('parley_keys'),
    masterKey: masterKey ?? local.masterKey,
    tokenKeys: tokenKeys ?? local.tokenKeys,
    where: `embedded, under ${dataDir}`,
  }
}

/** So that times need no conversion on their way through. */
const speakUtc = (client: pg.ClientBase): Promise<unknown> => client.query("set timezone to 'UTC'")

function openPool(connectionString: string, max: number, releases: Releases): pg.Pool {
  const options = {
    connectionString,
    max,
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: 10_000,
    onConnect: speakUtc, // and wait for it, which its declared type leaves out
  }
  const pool = new pg.Pool(options)
  // An idle connection that breaks is replaced by the next use; who uses one meets the error there.
  pool.on('error', () => undefined)
  releases.onRelease(() => pool.end())
  return pool
}

/** How many connections other processes of Parley have to the database. */
export async function countOtherClients(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ others: number }>(
    `select count(*)::integer as others from pg_stat_activity
     where datname = current_database() and application_name like 'parley %' and application_name <> $1`,
    [APPLICATION_NAME],
  )
  return rows[0]?.others ?? 0
}
