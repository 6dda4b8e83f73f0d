import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { decrypt, encrypt } from './aes-gcm.js'
import { NONCE_BYTES, nextNonce } from './nonce.js'

const KEY_BYTES = 32

/** A stored key does not open: another master key, or a row that was altered. */
export class KeyUnwrapError extends Error {
  override readonly name = 'KeyUnwrapError'
  constructor(readonly keyName: string) {
    super(`the key ${keyName} does not open with this master key: put back the one that it was made with`)
  }
}

/** A new random key as it is stored: nonce ‖ encrypted key ‖ tag, bound to its name. */
export function wrapNewKey(masterKey: KeyObject, name: string): Buffer {
  const nonce = nextNonce()
  return Buffer.concat([nonce, encrypt(masterKey, nonce, name, randomBytes(KEY_BYTES))])
}

/** @throws KeyUnwrapError */
export function unwrapKey(masterKey: KeyObject, name: string, wrapped: Buffer): KeyObject {
  const key = decrypt(masterKey, wrapped.subarray(0, NONCE_BYTES), name, wrapped.subarray(NONCE_BYTES))
  if (key?.length !== KEY_BYTES) throw new KeyUnwrapError(name)
  return createSecretKey(key)
}
