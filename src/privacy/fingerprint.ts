import { createHmac, type KeyObject } from 'node:crypto'
import type { DataKeys } from './data-keys.js'
import { deriveKey } from './derive-key.js'
import { userKey } from './key-names.js'

/**
 * HMAC-SHA256, in base64url, under the user's key: recognises a repeated text, and proves nothing once the key is destroyed.
 * Creates the user's key where it is missing. @throws KeyDestroyedError
 */
export type Fingerprint = (userId: string, text: string) => Promise<string>

export function createFingerprint(dataKeys: DataKeys): Fingerprint {
  const derived = new WeakMap<KeyObject, KeyObject>()

  function keyFrom(user: KeyObject): KeyObject {
    const key = derived.get(user) ?? deriveKey(user, 'parley/fingerprint/1')
    derived.set(user, key)
    return key
  }

  return async (userId, text) => {
    const name = userKey(userId)
    const user = (await dataKeys.getOrCreate([name])).get(name)
    if (user === undefined) throw new Error(`no key ${name}`)
    return createHmac('sha256', keyFrom(user)).update(text).digest('base64url')
  }
}
