import { createSecretKey, type KeyObject } from 'node:crypto'
import { createBoundedCache } from '../async/bounded-cache.js'
import type { DataKeys } from './data-keys.js'
import { derive as deriveBytes } from './derive-key.js'
import { parentsOf } from './key-names.js'

/** Seals and opens boxes. Derived from its parents: once one of them is destroyed, nobody can derive it again. */
export interface BoxKey {
  name: string
  key: KeyObject
  /** 16 bytes that only this key gives: it identifies the key of a box, so that no second key can open it to another text. */
  commitment: Buffer
}

export type BoxKeys = ReadonlyMap<string, BoxKey>

export interface BoxKeyring {
  /** Makes the parents where they are missing. @throws KeyDestroyedError */
  ensure(names: Iterable<string>): Promise<BoxKeys>
  /** Null where a parent was destroyed. */
  find(names: Iterable<string>): Promise<ReadonlyMap<string, BoxKey | null>>
}

const KEY_BYTES = 32
const COMMITMENT_BYTES = 16
/** Deriving one again from cached keys takes some microseconds; one held takes more than a kilobyte. */
const MAX_CACHED = 10_000

export function deriveBoxKey(name: string, user: KeyObject, month?: KeyObject): BoxKey {
  const bytes = deriveBytes(user, 'parley/box/1', KEY_BYTES + COMMITMENT_BYTES, month)
  return { name, key: createSecretKey(bytes.subarray(0, KEY_BYTES)), commitment: bytes.subarray(KEY_BYTES) }
}

/**
 * What is derived once is kept until any key is destroyed; what was being derived from keys fetched before that is not kept, so that
 * none is given once a parent of it is gone.
 */
export function createBoxKeyring(dataKeys: DataKeys, maxCached = MAX_CACHED): BoxKeyring {
  const derived = createBoundedCache<string, BoxKey>(maxCached)
  let destructions = 0
  dataKeys.onDestroyed(() => {
    destructions++
    derived.clear()
  })

  async function keysOf(
    names: Iterable<string>,
    fetch: (parents: string[]) => Promise<ReadonlyMap<string, KeyObject | null>>,
  ): Promise<Map<string, BoxKey | null>> {
    const keys = new Map(Array.from(names, (name) => [name, derived.get(name) ?? null]))
    const missing = [...keys.keys()].filter((name) => keys.get(name) === null)
    if (missing.length === 0) return keys
    const before = destructions
    const parents = await fetch(missing.flatMap(parentsOf))
    if (destructions !== before) return keysOf(keys.keys(), fetch)
    for (const name of missing) keys.set(name, derive(name, parents))
    return keys
  }

  function derive(name: string, parents: ReadonlyMap<string, KeyObject | null>): BoxKey | null {
    const [user, month] = parentsOf(name).map((parent) => parents.get(parent) ?? null)
    if (!user || month === null) return null
    const boxKey = deriveBoxKey(name, user, month)
    derived.set(name, boxKey)
    return boxKey
  }

  return {
    async ensure(names) {
      // `getOrCreate` returns every key, or throws.
      return (await keysOf(names, dataKeys.getOrCreate)) as Map<string, BoxKey>
    },
    find: (names) => keysOf(names, dataKeys.get),
  }
}
