import { randomUUID } from 'node:crypto'
import type { ClientBase } from 'pg'
import { migrate } from '../../postgres/migrate.js'
import { withClient } from '../../postgres/with-client.js'
import { openingDatabase, type DatabaseVariable } from '../database-failure.js'
import { keysMigrations, mainMigrations } from '../migrations.js'
import { StartupError } from '../startup-error.js'
import { checkIdentity, checkPair } from './check-identities.js'
import { claim } from './claim.js'
import { readIdentity } from './database-identity.js'
import { grantRights } from './grant-rights.js'
import type { DatabaseKind } from './migration.js'

/** The URLs of one database. */
export interface DatabaseUrls {
  /** By which the application connects. */
  url: string
  /** By which the role connects that owns the tables; null where the application's role does. */
  ownerUrl: string | null
}

const VARIABLES = {
  main: { url: 'DATABASE_URL', ownerUrl: 'DATABASE_OWNER_URL' },
  keys: { url: 'KEYS_DATABASE_URL', ownerUrl: 'KEYS_DATABASE_OWNER_URL' },
} as const

/**
 * Checks what both databases are before anything is changed in either. Then migrates them and says to which installation they belong: where
 * they belong to none yet, to `newInstallation`.
 */
export async function prepareDatabases(
  main: DatabaseUrls,
  keys: DatabaseUrls,
  newInstallation: string = randomUUID(),
): Promise<void> {
  const [mainVariable, mainUrl] = ownerOf('main', main)
  const [keysVariable, keysUrl] = ownerOf('keys', keys)
  const inMain = <Result>(work: () => Promise<Result>) => openingDatabase(mainVariable, mainUrl, work)
  const inKeys = <Result>(work: () => Promise<Result>) => openingDatabase(keysVariable, keysUrl, work)
  const mainIdentity = await inMain(() => readIdentity(mainUrl))
  const keysIdentity = await inKeys(() => readIdentity(keysUrl))
  checkIdentity(mainVariable, 'main', mainIdentity, mainMigrations)
  checkIdentity(keysVariable, 'keys', keysIdentity, keysMigrations)
  checkPair(mainIdentity, keysIdentity)
  await inMain(() => migrate(mainUrl, mainMigrations))
  await inKeys(() => migrate(keysUrl, keysMigrations))
  const known = mainIdentity.installation ?? keysIdentity.installation ?? newInstallation
  // The keys first: where a start ends in between, a main database without an id beside keys with one can be claimed later.
  const installation = await inKeys(() => claim(keysUrl, 'keys', known))
  await inMain(() => claim(mainUrl, 'main', installation))
  await separateRoles('main', main, installation)
  await separateRoles('keys', keys, installation)
}

const ownerOf = (kind: DatabaseKind, { url, ownerUrl }: DatabaseUrls): [DatabaseVariable, string] =>
  ownerUrl === null ? [VARIABLES[kind].url, url] : [VARIABLES[kind].ownerUrl, ownerUrl]

/** Gives the application's role its rights, and checks that it finds the same database. */
async function separateRoles(kind: DatabaseKind, { url, ownerUrl }: DatabaseUrls, installation: string): Promise<void> {
  if (ownerUrl === null) return
  const variables = VARIABLES[kind]
  const role = await openingDatabase(variables.url, url, () => withClient(url, readRole))
  await openingDatabase(variables.ownerUrl, ownerUrl, () => grantRights(ownerUrl, kind, role))
  const found = await openingDatabase(variables.url, url, () => readIdentity(url))
  if (found.installation !== installation)
    throw new StartupError(`${variables.ownerUrl} and ${variables.url} name two databases: name the same in both`)
}

async function readRole(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ role: string }>('select current_user as role')
  return rows[0]?.role ?? ''
}
