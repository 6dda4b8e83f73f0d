import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { DatabaseKind } from './migration.js'

/** Writes into both databases to which installation they belong, where that is not there yet. */
export async function claimDatabases(main: Pool, keys: Pool, known: string | null): Promise<void> {
  const id = await claim(keys, 'keys', known ?? randomUUID())
  await claim(main, 'main', id)
}

/** The id that counts: that of the first start, where several start at once. */
async function claim(pool: Pool, kind: DatabaseKind, id: string): Promise<string> {
  await pool.query('insert into installation (kind, id) values ($1, $2) on conflict do nothing', [kind, id])
  const { rows } = await pool.query<{ id: string }>('select id from installation')
  return rows[0]?.id ?? id
}
