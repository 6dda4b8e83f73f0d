import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'

export const TAG_BYTES = 16

const NONE = Buffer.alloc(0)

const options = { authTagLength: TAG_BYTES }

/**
 * AES-256-GCM: `prefix` as it is, then ciphertext ‖ tag. A nonce serves a key once. `bound` is not encrypted, but opening takes the same.
 */
export function encrypt(
  key: KeyObject,
  nonce: Buffer,
  bound: string,
  plaintext: string | Buffer,
  prefix: Buffer = NONE,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, options).setAAD(Buffer.from(bound))
  const text = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext)
  return Buffer.concat([prefix, text, cipher.final(), cipher.getAuthTag()])
}

/** Null where anything differs from what was encrypted: key, nonce, binding or bytes. */
export function decrypt(key: KeyObject, nonce: Buffer, bound: string, encrypted: Buffer): Buffer | null {
  const tagAt = encrypted.length - TAG_BYTES
  if (tagAt < 0) return null
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, options).setAAD(Buffer.from(bound))
  const text = decipher.setAuthTag(encrypted.subarray(tagAt)).update(encrypted.subarray(0, tagAt))
  try {
    return Buffer.concat([text, decipher.final()])
  } catch {
    return null
  }
}
