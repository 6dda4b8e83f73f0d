import { createHmac, type KeyObject } from 'node:crypto'
import type { DataKeys } from './data-keys.js'
import { deriveKey } from './derive-key.js'
import { personKey } from './key-names.js'

/**
 * HMAC-SHA256, in base64url, under the person's key: tells a repeated text from another one, and nothing once the key is gone.
 * Makes the person's key where it is missing. @throws KeyDestroyedError
 */
export type Fingerprint = (userId: string, text: string) => Promise<string>

export function createFingerprint(dataKeys: DataKeys): Fingerprint {
  const derived = new WeakMap<KeyObject, KeyObject>()

  function keyFrom(person: KeyObject): KeyObject {
    const key = derived.get(person) ?? deriveKey(person, 'parley/fingerprint/1')
    derived.set(person, key)
    return key
  }

  return async (userId, text) => {
    const name = personKey(userId)
    const person = (await dataKeys.getOrCreate([name])).get(name)
    if (person === undefined) throw new Error(`no key ${name}`)
    return createHmac('sha256', keyFrom(person)).update(text).digest('base64url')
  }
}
