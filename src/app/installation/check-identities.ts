import type { Migration } from '../../postgres/migrate.js'
import type { DatabaseVariable } from '../database-failure.js'
import { StartupError } from '../startup-error.js'
import type { DatabaseIdentity } from './database-identity.js'
import type { DatabaseKind } from './migration.js'

const HOLDS = { main: 'the event log and the accounts', keys: 'the keys' } as const

/**
 * Refuses a database that is not what its variable expects, or that a newer release has migrated.
 * @throws StartupError
 */
export function checkIdentity(
  variable: DatabaseVariable,
  expected: DatabaseKind,
  { kind, migrations }: DatabaseIdentity,
  known: readonly Migration[],
): void {
  if (kind !== null && kind !== expected)
    throw new StartupError(
      `${variable}: the database holds ${HOLDS[kind]} of a Parley installation, not ${HOLDS[expected]}: DATABASE_URL and KEYS_DATABASE_URL may be swapped`,
    )
  const names = new Set(known.map(({ name }) => name))
  const unknown = migrations.filter((name) => !names.has(name))
  if (unknown.length === 0) return
  throw new StartupError(
    unknown.length === migrations.length
      ? `${variable}: the database holds tables of another application (migration ${unknown[0] ?? ''}): name an empty database`
      : `${variable}: the database was migrated by a newer release (${unknown.join(', ')}): start that release, or restore a backup from before it`,
  )
}

/**
 * Refuses two databases that do not belong together.
 * @throws StartupError
 */
export function checkPair(main: DatabaseIdentity, keys: DatabaseIdentity): void {
  if (main.installation !== null && keys.installation !== null) {
    if (main.installation === keys.installation) return
    throw new StartupError(
      `KEYS_DATABASE_URL: the keys belong to installation ${keys.installation}, DATABASE_URL to ${main.installation}: name two databases that belong together`,
    )
  }
  // A first start claims the keys before the main database: a crash in between leaves claimed keys without a key.
  if (main.installation !== null)
    throw new StartupError(
      `KEYS_DATABASE_URL: the database has no keys of installation ${main.installation}, which DATABASE_URL names: restore the keys, or correct the name`,
    )
  if (keys.installation !== null && keys.isUsed && !main.isUsed)
    throw new StartupError(
      `DATABASE_URL: the database is empty, but KEYS_DATABASE_URL holds keys of installation ${keys.installation}: restore the main database, or name an empty one for the keys`,
    )
}
