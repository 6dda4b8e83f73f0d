import { createSecretKey, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { DataKeys } from './data-keys.js'
import { derive } from './derive-key.js'
import { parentsOf } from './key-names.js'

/** Seals and opens boxes. Derived from its parents, so that it is gone as soon as one of them is. */
export interface BoxKey {
  name: string
  key: KeyObject
  /** 16 bytes that only this key gives: a box says by them which key it is under, so that no second key reads it otherwise. */
  commitment: Buffer
}

export type BoxKeys = ReadonlyMap<string, BoxKey>

export interface BoxKeyring {
  /** Makes the parents where they are missing. @throws KeyDestroyedError */
  ensure(names: Iterable<string>): Promise<BoxKeys>
  /** Null where a parent is gone. */
  find(names: Iterable<string>): Promise<ReadonlyMap<string, BoxKey | null>>
}

const KEY_BYTES = 32
const COMMITMENT_BYTES = 16
const MOST_CACHED = 50_000

export function deriveBoxKey(name: string, person: KeyObject, month?: KeyObject): BoxKey {
  const bytes = derive(person, 'parley/box/1', KEY_BYTES + COMMITMENT_BYTES, month)
  return { name, key: createSecretKey(bytes.subarray(0, KEY_BYTES)), commitment: bytes.subarray(KEY_BYTES) }
}

/** The parents are asked for each time, so a derived key that is still cached is never given once one of them is destroyed. */
export function createBoxKeyring(dataKeys: DataKeys): BoxKeyring {
  const derived = new LRUCache<string, BoxKey>({ max: MOST_CACHED })
  dataKeys.onDestroyed(() => derived.clear())

  function boxKeyOf(name: string, parents: ReadonlyMap<string, KeyObject | null>): BoxKey | null {
    const [person, month] = parentsOf(name).map((parent) => parents.get(parent) ?? null)
    if (!person || month === null) return null
    const boxKey = derived.get(name) ?? deriveBoxKey(name, person, month)
    derived.set(name, boxKey)
    return boxKey
  }

  return {
    async ensure(names) {
      const wanted = [...new Set(names)]
      const parents = await dataKeys.getOrCreate(wanted.flatMap(parentsOf))
      const boxKeys = wanted.map((name) => boxKeyOf(name, parents)).filter((boxKey) => boxKey !== null)
      return new Map(boxKeys.map((boxKey) => [boxKey.name, boxKey]))
    },
    async find(names) {
      const wanted = [...new Set(names)]
      const parents = await dataKeys.get(wanted.flatMap(parentsOf))
      return new Map(wanted.map((name) => [name, boxKeyOf(name, parents)]))
    },
  }
}
