import type { KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Pool } from 'pg'
import { unwrapKey, wrapNewKey } from './key-wrap.js'
import { shareLoads, type Load } from './shared-load.js'

/** The random keys that personal data hangs on. Errors of Postgres come out as they are. */
export interface DataKeys {
  /**
   * All of them, made and committed where they are missing, in one statement; none when all are cached.
   * @throws KeyDestroyedError for the first that was destroyed, for ever
   * @throws KeyUnwrapError the store was written under another master key
   */
  getOrCreate(names: Iterable<string>): Promise<ReadonlyMap<string, KeyObject>>
  /**
   * All of them, in one query at most; null for one that was destroyed or never made.
   * @throws KeyUnwrapError
   */
  get(names: Iterable<string>): Promise<ReadonlyMap<string, KeyObject | null>>
  /**
   * For ever, also one never made. May be repeated; each process that follows an erasure does so, since it is what empties
   * that process's caches.
   */
  destroy(name: string): Promise<void>
  /** Called after each destruction by this process: drop what the key had opened. */
  onDestroyed(listener: () => void): void
}

export class KeyDestroyedError extends Error {
  override readonly name = 'KeyDestroyedError'
  constructor(readonly keyName: string) {
    super(`the key ${keyName} was destroyed`)
  }
}

const MOST_CACHED = 50_000

const DESTROYED = 'destroyed'
type Entry = KeyObject | typeof DESTROYED

interface Row {
  name: string
  wrapped: Buffer | null
}

// The update changes nothing: it makes the statement wait for, and return, the row of whoever was first.
const GET_OR_CREATE = `
  insert into data_keys (name, wrapped) select * from unnest($1::text[], $2::bytea[])
  on conflict (name) do update set name = excluded.name
  returning name, wrapped`

const GET = 'select name, wrapped from data_keys where name = any($1::text[])'

const DESTROY = `
  insert into data_keys (name, wrapped, destroyed_at) values ($1, null, now())
  on conflict (name) do update set wrapped = null, destroyed_at = coalesce(data_keys.destroyed_at, now())`

export function createDataKeys({ pool, masterKey }: { pool: Pool; masterKey: KeyObject }): DataKeys {
  const cache = new LRUCache<string, Entry>({ max: MOST_CACHED })
  const listeners: (() => void)[] = []

  const create = shareLoads(async (names) => {
    const sorted = names.toSorted() // rows are locked in one order everywhere, so that no two calls wait on each other
    const wrapped = sorted.map((name) => wrapNewKey(masterKey, name))
    return remember((await pool.query<Row>(GET_OR_CREATE, [sorted, wrapped])).rows)
  })

  const find = shareLoads(async (names) => remember((await pool.query<Row>(GET, [names])).rows))

  function remember(rows: Row[]): Map<string, Entry> {
    return new Map(rows.map((row) => [row.name, rememberOne(row)]))
  }

  /** What was read before a destruction and arrives after it does not bring the key back. */
  function rememberOne({ name, wrapped }: Row): Entry {
    if (cache.peek(name) === DESTROYED) return DESTROYED
    const entry = wrapped === null ? DESTROYED : unwrapKey(masterKey, name, wrapped)
    cache.set(name, entry)
    return entry
  }

  async function entriesOf(names: Iterable<string>, load: Load<Entry>): Promise<Map<string, Entry | undefined>> {
    const entries = new Map(Array.from(names, (name) => [name, cache.get(name)]))
    const missing = [...entries.keys()].filter((name) => entries.get(name) === undefined)
    if (missing.length === 0) return entries
    const loaded = await load(missing)
    for (const name of missing) entries.set(name, loaded.get(name))
    return entries
  }

  return {
    async getOrCreate(names) {
      const keys = new Map<string, KeyObject>()
      for (const [name, entry] of await entriesOf(names, create)) {
        if (entry === undefined) throw new Error(`the key store did not return ${name}`)
        if (entry === DESTROYED) throw new KeyDestroyedError(name)
        keys.set(name, entry)
      }
      return keys
    },

    async get(names) {
      const keys = new Map<string, KeyObject | null>()
      for (const [name, entry = DESTROYED] of await entriesOf(names, find)) {
        keys.set(name, entry === DESTROYED ? null : entry)
      }
      return keys
    },

    async destroy(name) {
      await pool.query(DESTROY, [name])
      cache.set(name, DESTROYED)
      for (const listener of listeners) listener()
    },

    onDestroyed: (listener) => listeners.push(listener),
  }
}
