import type { Config } from './config.js'

/** Where the application owns its tables, a fault in it can change or drop the log and the keys. */
export function warnOfSharedRole(
  { databaseUrl, databaseOwnerUrl, keysDatabaseOwnerUrl }: Config,
  print: (line: string) => void,
): void {
  if (databaseUrl === null) return
  const missing = [
    databaseOwnerUrl === null && 'DATABASE_OWNER_URL',
    keysDatabaseOwnerUrl === null && 'KEYS_DATABASE_OWNER_URL',
  ].filter((name) => name !== false)
  if (missing.length === 0) return
  print(
    `Not set: ${missing.join(', ')}. The application connects as the owner of its tables; docs/operations.md, "Database roles"`,
  )
}
