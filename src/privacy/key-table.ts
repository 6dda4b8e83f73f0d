import type { KeyObject } from 'node:crypto'
import type { Pool } from 'pg'
import { masterKeyId, unwrapKey, wrapNewKey } from './key-wrap.js'

export const DESTROYED = 'destroyed'
export type StoredKey = KeyObject | typeof DESTROYED

/** The table of wrapped keys; each call is one statement, committed when it answers. */
export interface KeyTable {
  /** All of them, the missing ones made. */
  getOrCreate(names: readonly string[]): Promise<Map<string, StoredKey>>
  /** Those there are. */
  get(names: readonly string[]): Promise<Map<string, StoredKey>>
  /** One for each master key that wraps any; none in an empty table. */
  getOnePerMasterKey(): Promise<Map<string, StoredKey>>
  /** Leaves a tombstone, also of a name that was never made. */
  destroy(name: string): Promise<void>
}

interface Row {
  name: string
  wrapped: Buffer | null
}

// The update changes nothing: it makes the statement wait for, and return, the row of whoever was first.
const GET_OR_CREATE = `
  insert into data_keys (name, wrapped, wrapped_by) select name, wrapped, $3 from unnest($1::text[], $2::bytea[]) as n(name, wrapped)
  on conflict (name) do update set name = excluded.name
  returning name, wrapped`

const GET = 'select name, wrapped from data_keys where name = any($1::text[])'

const GET_ONE_PER_MASTER_KEY = `
  select distinct on (wrapped_by) name, wrapped from data_keys where wrapped is not null order by wrapped_by, name`

const DESTROY = `
  insert into data_keys (name, wrapped, destroyed_at) values ($1, null, now())
  on conflict (name) do update set wrapped = null, wrapped_by = null, destroyed_at = coalesce(data_keys.destroyed_at, now())`

export interface KeyStore {
  pool: Pool
  /** Wraps new keys. */
  masterKey: KeyObject
  /** Master keys by which stored keys may be wrapped besides; they wrap nothing. */
  acceptedKeys?: readonly KeyObject[]
}

export function createKeyTable({ pool, masterKey, acceptedKeys = [] }: KeyStore): KeyTable {
  const masterKeys = [masterKey, ...acceptedKeys]
  const current = masterKeyId(masterKey)

  async function query(sql: string, values: unknown[]): Promise<Map<string, StoredKey>> {
    const { rows } = await pool.query<Row>(sql, values)
    return new Map(rows.map(({ name, wrapped }) => [name, wrapped ? unwrapKey(masterKeys, name, wrapped) : DESTROYED]))
  }

  return {
    getOrCreate(names) {
      const sorted = names.toSorted() // rows are locked in one order everywhere, so that no two calls wait on each other
      return query(GET_OR_CREATE, [sorted, sorted.map((name) => wrapNewKey(masterKey, name)), current])
    },
    get: (names) => query(GET, [names]),
    getOnePerMasterKey: () => query(GET_ONE_PER_MASTER_KEY, []),
    async destroy(name) {
      await query(DESTROY, [name])
    },
  }
}
