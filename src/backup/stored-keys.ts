import type { Pool } from 'pg'
import type { KeyRow, Tombstone } from './backup-lines.js'

const PAGE = 1_000

const COLUMNS = `name, encode(wrapped, 'base64') as wrapped, wrapped_by as "wrappedBy", created_at as "createdAt", destroyed_at as "destroyedAt"`

/** All keys of the key store by name, wrapped as they are there. One that is made meanwhile may be missing: nothing before needs it. */
export async function* readKeys(pool: Pool): AsyncGenerator<KeyRow> {
  for (let after = ''; ;) {
    const { rows } = await pool.query<KeyRow & { createdAt: Date | string; destroyedAt: Date | string | null }>(
      `select ${COLUMNS} from data_keys where name > $1 order by name limit ${PAGE}`,
      [after],
    )
    for (const row of rows) yield { ...row, wrapped: row.wrapped?.replaceAll('\n', '') ?? null }
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = last.name
  }
}

/** The keys that were destroyed. */
export async function* readTombstones(pool: Pool): AsyncGenerator<Tombstone> {
  for await (const { name, destroyedAt } of readKeys(pool)) if (destroyedAt !== null) yield { name, at: destroyedAt }
}

/** Adds keys to a new key store; one that is there stays as it is. */
export async function insertKeys(pool: Pool, keys: readonly KeyRow[]): Promise<void> {
  await pool.query(
    `insert into data_keys (name, wrapped, wrapped_by, created_at, destroyed_at)
     select name, decode(wrapped, 'base64'), "wrappedBy", "createdAt", "destroyedAt"
     from json_to_recordset($1) as k(name text, wrapped text, "wrappedBy" text, "createdAt" timestamptz, "destroyedAt" timestamptz)
     on conflict (name) do nothing`,
    [JSON.stringify(keys)],
  )
}

/** Destroys keys once more; each leaves a tombstone. */
export async function destroyKeys(pool: Pool, tombstones: readonly Tombstone[]): Promise<void> {
  await pool.query(
    `insert into data_keys (name, wrapped, destroyed_at)
     select name, null, at from json_to_recordset($1) as t(name text, at timestamptz)
     on conflict (name) do update set wrapped = null, wrapped_by = null,
       destroyed_at = coalesce(data_keys.destroyed_at, excluded.destroyed_at)`,
    [JSON.stringify(tombstones)],
  )
}
