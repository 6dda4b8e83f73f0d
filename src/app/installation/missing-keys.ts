import type { Pool } from 'pg'
import { userKey } from '../../privacy/key-names.js'
import type { OpenProjection } from '../../projections/engine/open-projection.js'
import { StartupError } from '../startup-error.js'

/** The newest users are looked at by each start: an older copy of the keys lacks theirs. */
const NEWEST = 10_000
const PAGE = 10_000

/**
 * Refuses keys that are older than the log: what those that are missing have encrypted could not be read, and a rebuild of the
 * read models would blank it. A destroyed key leaves a row, and so is not missing.
 * @throws StartupError
 */
export async function checkKeys(main: Pool, keys: Pool, { table }: Pick<OpenProjection, 'table'>): Promise<void> {
  const users = table('users')
  const newest = await main.query<{ id: string }>(`select id from ${users} order by created_at desc limit ${NEWEST}`)
  if ((await countMissing(keys, newest.rows)) === 0) return
  const missing = await countAll(main, keys, users)
  throw new StartupError(
    `KEYS_DATABASE_URL: the keys are older than the log: those of ${missing} users are missing. Restore a copy of the keys that is not older than that of the log`,
  )
}

async function countAll(main: Pool, keys: Pool, users: string): Promise<number> {
  let missing = 0
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const { rows } = await main.query<{ id: string }>(
      `select id from ${users} where id > $1 order by id limit ${PAGE}`,
      [after],
    )
    missing += await countMissing(keys, rows)
    if (rows.length < PAGE) return missing
    after = rows.at(-1)?.id ?? after
  }
}

async function countMissing(keys: Pool, users: readonly { id: string }[]): Promise<number> {
  const { rows } = await keys.query<{ missing: number }>(
    `select count(*)::integer as missing from unnest($1::text[]) as wanted (name)
     where not exists (select from data_keys where data_keys.name = wanted.name)`,
    [users.map(({ id }) => userKey(id))],
  )
  return rows[0]?.missing ?? 0
}
