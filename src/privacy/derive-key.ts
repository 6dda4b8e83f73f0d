import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** HKDF-SHA256. `info` says what the bytes are for, so that no two uses share them. */
export function derive(from: KeyObject, info: string, length: number, salt?: KeyObject): Buffer {
  return Buffer.from(hkdfSync('sha256', from, salt?.export() ?? '', info, length))
}

/**
 * A key of 32 bytes for one use. A KeyObject, never a Buffer: with a Buffer each call of a cipher or HMAC builds the key again,
 * which costs several times the work itself.
 */
export const deriveKey = (from: KeyObject, info: string): KeyObject => createSecretKey(derive(from, info, 32))
