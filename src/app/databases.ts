import { randomUUID, type KeyObject } from 'node:crypto'
import type pg from 'pg'
import type { Config } from './config.js'
import { ANALYTICS_ROLE, READER_ROLE } from '../analytics/database/role-names.js'
import { databaseOf } from './config-rules.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../postgres/embedded/embedded-postgres.js'
import { createPool, type PoolOptions } from '../postgres/pool.js'
import { readOrMakeLocalSecrets } from './local-secrets.js'
import { poolSizes } from './pool-sizes.js'
import type { Releases } from './release.js'
import { READ_MODELS } from './installation/grant-rights.js'
import { prepareDatabases } from './installation/prepare-databases.js'
import { StartupError } from './startup-error.js'

/** Tells this process's connections from those of others, with the suffix of its node. */
const APPLICATION_NAME = `parley ${randomUUID()}`

const SEARCH_PATH = [READ_MODELS, 'public']
const LONGEST_STATEMENT_MS = 6 * 3_600_000

export interface Databases {
  /** Log, credentials, read models. */
  main: pg.Pool
  mainUrl: string
  keys: pg.Pool
  /** Of this process's connections. */
  applicationName: string
  masterKey: KeyObject
  tokenKeys: { kid: string; key: KeyObject }[]
  auditSigningKeys: { kid: string; key: KeyObject }[]
  /** That of analysts' projections; null where PROJECTIONS_DIR is not set. */
  analytics: AnalyticsUrls | null
  /** As the start-up lines name it; without a password. */
  where: string
}

export interface AnalyticsUrls {
  /** By which the role connects that owns the schemas of analysts' projections. */
  url: string
  /** By which this role and its schemas can be made; null where that is the operator's to do. */
  ownerUrl: string | null
  /** By which BI tools connect; null where the password of their role is the operator's. */
  readerUrl: string | null
}

/** The databases of the configuration, migrated; embedded ones where it names none. */
export async function openDatabases(
  config: Config,
  print: (line: string) => void,
  releases: Releases,
  { nodeSuffix = '', newInstallation }: { nodeSuffix?: string | undefined; newInstallation?: string | undefined } = {},
): Promise<Databases> {
  const found = await locate(config, print, releases)
  await prepareDatabases(found.mainUrls, found.keysUrls, newInstallation)
  const mainUrl = found.mainUrls.url
  const applicationName = `${APPLICATION_NAME}${nodeSuffix}`
  const sizes = poolSizes(config.processes)
  const main = openPool(
    { connectionString: mainUrl, max: sizes.main, searchPath: SEARCH_PATH, applicationName },
    releases,
  )
  const keys = openPool({ connectionString: found.keysUrls.url, max: sizes.keys, applicationName }, releases)
  return { ...found, mainUrl, main, keys, applicationName }
}

/** How many other processes of Parley, nodes and operator commands, are connected to the main database. */
export async function countOtherProcesses(main: pg.Pool): Promise<number> {
  const { rows } = await main.query<{ count: number }>(
    `select count(distinct application_name)::int as count from pg_stat_activity
     where datname = current_database() and application_name like 'parley %' and application_name <> $1`,
    [APPLICATION_NAME],
  )
  return rows[0]?.count ?? 0
}

/** For statements that may take long, such as the building of an index. */
export const openBuildPool = (
  { mainUrl: connectionString, applicationName }: Pick<Databases, 'mainUrl' | 'applicationName'>,
  max: number,
): pg.Pool =>
  createPool({
    connectionString,
    max,
    applicationName,
    searchPath: SEARCH_PATH,
    timeoutMs: LONGEST_STATEMENT_MS,
  })

async function locate(config: Config, print: (line: string) => void, releases: Releases) {
  const { databaseUrl, keysDatabaseUrl, dataDir } = config
  const given = givenSecrets(config)
  if (databaseUrl !== null && keysDatabaseUrl !== null && given !== null) {
    const { host, pathname } = new URL(databaseUrl)
    return {
      mainUrls: { url: databaseUrl, ownerUrl: config.databaseOwnerUrl },
      keysUrls: { url: keysDatabaseUrl, ownerUrl: config.keysDatabaseOwnerUrl },
      ...given,
      analytics: externalAnalytics(config),
      where: `${host}${pathname}`,
    }
  }
  const postgres = await enterEmbeddedPostgres(dataDir, print, releases)
  const local = await usingDataDir(dataDir, () => readOrMakeLocalSecrets(dataDir))
  await postgres.createDatabase('parley')
  await postgres.createDatabase('parley_keys')
  const applicationUrl = await postgres.makeApplicationRole()
  return {
    mainUrls: { url: applicationUrl('parley'), ownerUrl: postgres.url('parley') },
    keysUrls: { url: applicationUrl('parley_keys'), ownerUrl: postgres.url('parley_keys') },
    masterKey: config.masterKey ?? local.masterKey,
    tokenKeys: config.tokenKeys ?? local.tokenKeys,
    auditSigningKeys: config.auditSigningKeys ?? local.auditSigningKeys,
    analytics: config.projectionsDir === null ? null : await embeddedAnalytics(postgres),
    where: `embedded, under ${dataDir}`,
  }
}

/** Where the configuration names no database, starts the embedded Postgres and keeps it running for others of this data directory. */
export async function holdEmbeddedPostgres(
  { databaseUrl, dataDir }: Config,
  print: (line: string) => void,
  releases: Releases,
): Promise<void> {
  if (databaseUrl === null) await enterEmbeddedPostgres(dataDir, print, releases)
}

const enterEmbeddedPostgres = (
  dataDir: string,
  print: (line: string) => void,
  releases: Releases,
): Promise<EmbeddedPostgres> =>
  usingDataDir(dataDir, async () => releases.add(await startEmbeddedPostgres({ dataDir, log: print })))

/** Null where one is missing, which only an embedded installation may. */
function givenSecrets({ masterKey, tokenKeys, auditSigningKeys }: Config) {
  if (masterKey === null || tokenKeys === null || auditSigningKeys === null) return null
  return { masterKey, tokenKeys, auditSigningKeys }
}

/** Where it is another database than the main one, its role and schemas are the operator's to make. */
function externalAnalytics({ databaseUrl, databaseOwnerUrl, analyticsDatabaseUrl: url }: Config): AnalyticsUrls | null {
  if (url === null || databaseUrl === null) return null
  const isMain = databaseOf(url) === databaseOf(databaseUrl)
  return { url, ownerUrl: isMain ? (databaseOwnerUrl ?? databaseUrl) : null, readerUrl: null }
}

async function embeddedAnalytics(postgres: EmbeddedPostgres): Promise<AnalyticsUrls> {
  const readerUrlIn = await postgres.makeRole(READER_ROLE)
  const urlIn = await postgres.makeRole(ANALYTICS_ROLE)
  return { url: urlIn('parley'), ownerUrl: postgres.url('parley'), readerUrl: readerUrlIn('parley') }
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

function openPool(options: PoolOptions, releases: Releases): pg.Pool {
  const pool = createPool(options)
  releases.onRelease(() => pool.end())
  return pool
}
