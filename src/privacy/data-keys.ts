import type { KeyObject } from 'node:crypto'
import { createBoundedCache } from '../async/bounded-cache.js'
import { createCacheUse, type CacheUse } from '../async/cache-use.js'
import { AUDIT_KEY } from './key-names.js'
import { createKeyTable, DESTROYED, type KeyStore, type StoredKey } from './key-table.js'
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
  /** For ever, also one never made. May be repeated. */
  destroy(name: string): Promise<void>
  /** The same, where the log says that it was destroyed: it is only dropped from memory. */
  forget(name: string): void
  /**
   * Opens one for each master key that wraps any, so that nobody writes beside keys that they cannot open.
   * @throws KeyUnwrapError the store was written under another master key
   */
  check(): Promise<void>
  /** Called when a key is destroyed or forgotten: drop what it had opened. */
  onDestroyed(listener: () => void): void
  /** Of the cache of keys. */
  readonly cacheUse: Readonly<CacheUse>
}

export class KeyDestroyedError extends Error {
  override readonly name = 'KeyDestroyedError'
  constructor(readonly keyName: string) {
    super(`the key ${keyName} was destroyed`)
  }
}

const MAX_CACHED = 50_000

export function createDataKeys(store: KeyStore, maxCached = MAX_CACHED): DataKeys {
  const table = createKeyTable(store)
  const cache = createBoundedCache<string, StoredKey>(maxCached)
  const cacheUse = createCacheUse()
  const listeners: (() => void)[] = []
  const create = shareLoads(async (names) => remember(await table.getOrCreate(names)))
  const find = shareLoads(async (names) => remember(await table.get(names)))

  /** What was read before a destruction and arrives after it does not bring the key back. */
  function remember(read: ReadonlyMap<string, StoredKey>): Map<string, StoredKey> {
    const keys = Array.from(read, ([name, key]) => [name, cache.peek(name) === DESTROYED ? DESTROYED : key] as const)
    for (const [name, key] of keys) cache.set(name, key)
    return new Map(keys)
  }

  async function lookUp(names: Iterable<string>, load: Load<StoredKey>): Promise<Map<string, StoredKey | undefined>> {
    const keys = new Map(Array.from(names, (name) => [name, cache.get(name)]))
    const missing = [...keys.keys()].filter((name) => keys.get(name) === undefined)
    cacheUse.misses += missing.length
    cacheUse.hits += keys.size - missing.length
    if (missing.length === 0) return keys
    const loaded = await load(missing)
    for (const name of missing) keys.set(name, loaded.get(name))
    return keys
  }

  function forget(name: string): void {
    if (cache.peek(name) === DESTROYED) return
    cache.set(name, DESTROYED)
    for (const listener of listeners) listener()
  }

  return {
    async getOrCreate(names) {
      return new Map(Array.from(await lookUp(names, create), ([name, key]) => [name, present(name, key)]))
    },
    async get(names) {
      const keys = await lookUp(names, find)
      return new Map(Array.from(keys, ([name, key = DESTROYED]) => [name, key === DESTROYED ? null : key]))
    },
    async destroy(name) {
      if (name === AUDIT_KEY) throw new Error('the audit key is never destroyed')
      await table.destroy(name)
      forget(name)
    },
    forget,
    async check() {
      await table.getOnePerMasterKey()
    },
    onDestroyed: (listener) => listeners.push(listener),
    cacheUse,
  }
}

/** @throws KeyDestroyedError */
function present(name: string, key: StoredKey | undefined): KeyObject {
  if (key === undefined) throw new Error(`the key store did not return ${name}`)
  if (key === DESTROYED) throw new KeyDestroyedError(name)
  return key
}
