import { randomUUID, type KeyObject } from 'node:crypto'
import type pg from 'pg'
import type { Config } from './config.js'
import { openingDatabase } from './database-failure.js'
import { startEmbeddedPostgres } from '../postgres/embedded/embedded-postgres.js'
import { migrate } from '../postgres/migrate.js'
import { createPool } from '../postgres/pool.js'
import { readOrMakeLocalSecrets } from './local-secrets.js'
import type { Releases } from './release.js'
import { checkIdentity, checkPair } from './installation/check-identities.js'
import { claimDatabases } from './installation/claim.js'
import { readIdentity } from './installation/database-identity.js'
import { StartupError } from './startup-error.js'
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
  const installation = await prepare(found)
  const main = openPool(found.mainUrl, 20, releases)
  const keys = openPool(found.keysUrl, 4, releases)
  await claimDatabases(main, keys, installation)
  return { ...found, main, keys }
}

/** Checks what both databases are before anything is changed in either, then migrates them. Gives the installation they belong to. */
async function prepare({ mainUrl, keysUrl }: { mainUrl: string; keysUrl: string }): Promise<string | null> {
  const inMain = <Result>(work: () => Promise<Result>) => openingDatabase('DATABASE_URL', mainUrl, work)
  const inKeys = <Result>(work: () => Promise<Result>) => openingDatabase('KEYS_DATABASE_URL', keysUrl, work)
  const main = await inMain(() => readIdentity(mainUrl))
  const keys = await inKeys(() => readIdentity(keysUrl))
  checkIdentity('DATABASE_URL', 'main', main, mainMigrations)
  checkIdentity('KEYS_DATABASE_URL', 'keys', keys, keysMigrations)
  checkPair(main, keys)
  await inMain(() => migrate(mainUrl, mainMigrations))
  await inKeys(() => migrate(keysUrl, keysMigrations))
  return main.installation ?? keys.installation
}

async function locate(config: Config, print: (line: string) => void, releases: Releases) {
  const { databaseUrl, keysDatabaseUrl, masterKey, tokenKeys, dataDir } = config
  if (databaseUrl !== null && keysDatabaseUrl !== null && masterKey !== null && tokenKeys !== null) {
    const { host, pathname } = new URL(databaseUrl)
    return { mainUrl: databaseUrl, keysUrl: keysDatabaseUrl, masterKey, tokenKeys, where: `${host}${pathname}` }
  }
  const { postgres, local } = await usingDataDir(dataDir, async () => ({
    postgres: releases.add(await startEmbeddedPostgres({ dataDir, log: print })),
    local: await readOrMakeLocalSecrets(dataDir),
  }))
  await postgres.createDatabase('parley')
  await postgres.createDatabase('parley_keys')
  return {
    mainUrl: postgres.url('parley'),
    keysUrl: postgres.url('parley_keys'),
    masterKey: masterKey ?? local.masterKey,
    tokenKeys: tokenKeys ?? local.tokenKeys,
    where: `embedded, under ${dataDir}`,
  }
}

/** @throws StartupError where files in the data directory cannot be read or written */
async function usingDataDir<Result>(dataDir: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const { syscall, path = dataDir, code } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    const remedy = 'give this user the right to, make room, or name another folder'
    throw new StartupError(`PARLEY_DATA_DIR: ${path} cannot be used (${code ?? syscall}): ${remedy}`, { cause: error })
  }
}

function openPool(connectionString: string, max: number, releases: Releases): pg.Pool {
  const pool = createPool({ connectionString, max, applicationName: APPLICATION_NAME })
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
