import type { Client } from 'pg'
import { withClient } from '../../postgres/with-client.js'
import type { DatabaseKind } from './migration.js'

/** What a database is, read before anything is changed in it. */
export interface DatabaseIdentity {
  /** Null for one that Parley has not used yet. */
  kind: DatabaseKind | null
  /** Of the installation that it belongs to; null until a start has claimed it. */
  installation: string | null
  /** Names of the migrations that it has seen, oldest first. */
  migrations: string[]
  /** Whether it holds events, or keys. */
  isUsed: boolean
}

/** The table that has been in each kind since its first migration. */
const FIRST_TABLE = { main: 'events', keys: 'data_keys' } as const

export const readIdentity = (url: string): Promise<DatabaseIdentity> => withClient(url, read)

async function read(client: Client): Promise<DatabaseIdentity> {
  const has = async (table: string): Promise<boolean> => {
    const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [table])
    return rows[0]?.found === true
  }
  const migrations = (await has('knex_migrations'))
    ? (await client.query<{ name: string }>('select name from knex_migrations order by id')).rows
    : []
  const [row] = (await has('installation'))
    ? (await client.query<{ kind: DatabaseKind; id: string }>('select kind, id from installation')).rows
    : []
  const kind = row?.kind ?? (await kindByTables(has))
  const isUsed = kind !== null && (await holdsRows(client, FIRST_TABLE[kind]))
  return { kind, installation: row?.id ?? null, migrations: migrations.map(({ name }) => name), isUsed }
}

async function kindByTables(has: (table: string) => Promise<boolean>): Promise<DatabaseKind | null> {
  if (!(await has('knex_migrations'))) return null
  if (await has(FIRST_TABLE.keys)) return 'keys'
  return (await has(FIRST_TABLE.main)) ? 'main' : null
}

async function holdsRows(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(`select exists (select from ${table}) as found`)
  return rows[0]?.found === true
}
