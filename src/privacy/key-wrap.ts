import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { decrypt, encrypt } from './aes-gcm.js'
import { derive } from './derive-key.js'
import { NONCE_BYTES, nextNonce } from './nonce.js'

const KEY_BYTES = 32

/** A stored key does not open: another master key, or a row that was altered. */
export class KeyUnwrapError extends Error {
  override readonly name = 'KeyUnwrapError'
  constructor(readonly keyName: string) {
    super(
      `the key ${keyName} does not open with this master key: put back the one that it was made with, or accept it in MASTER_KEYS_ACCEPTED`,
    )
  }
}

/** Tells master keys apart, and says nothing about them. */
export const masterKeyId = (masterKey: KeyObject): string =>
  derive(masterKey, 'parley/master-key-id', 8).toString('hex')

/** A new random key, wrapped. */
export const wrapNewKey = (masterKey: KeyObject, name: string): Buffer =>
  wrapKey(masterKey, name, createSecretKey(randomBytes(KEY_BYTES)))

/** A key as it is stored: nonce ‖ encrypted key ‖ tag, bound to its name. */
export function wrapKey(masterKey: KeyObject, name: string, key: KeyObject): Buffer {
  const nonce = nextNonce()
  return Buffer.concat([nonce, encrypt(masterKey, nonce, name, key.export())])
}

/** By the first master key that opens it. @throws KeyUnwrapError */
export function unwrapKey(masterKeys: readonly KeyObject[], name: string, wrapped: Buffer): KeyObject {
  for (const masterKey of masterKeys) {
    const key = decrypt(masterKey, wrapped.subarray(0, NONCE_BYTES), name, wrapped.subarray(NONCE_BYTES))
    if (key?.length === KEY_BYTES) return createSecretKey(key)
  }
  throw new KeyUnwrapError(name)
}
