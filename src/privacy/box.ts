import { timingSafeEqual } from 'node:crypto'
import type { JsonObject } from '../domain/event.js'
import { decrypt, encrypt, TAG_BYTES } from './aes-gcm.js'
import type { BoxKey } from './box-keys.js'
import { NONCE_BYTES, nextNonce } from './nonce.js'

/** Personal fields as stored in the log; nonce and box are base64url. */
export interface SealedBox {
  /** The key's name. */
  key: string
  nonce: string
  /** commitment ‖ ciphertext ‖ tag */
  box: string
}

/** It does not open with its key in its place: altered, moved here from elsewhere, or sealed under another key. */
export class BoxCorruptError extends Error {
  override readonly name = 'BoxCorruptError'
  constructor(
    readonly keyName: string,
    readonly context: string,
  ) {
    super(`the box under ${keyName} does not open as that of ${context}`)
  }
}

/** What a box is bound to, so that it cannot be moved: the event that it is part of, or the session and month of a client. */
export const boxContext = (owner: string, part: string): string => JSON.stringify([owner, part])

export function sealBox({ name, key, commitment }: BoxKey, fields: object, context: string): SealedBox {
  const nonce = nextNonce()
  const box = encrypt(key, nonce, context, JSON.stringify(fields), commitment)
  return { key: name, nonce: nonce.toString('base64url'), box: box.toString('base64url') }
}

/** @throws BoxCorruptError */
export function openBox({ name, key, commitment }: BoxKey, sealed: SealedBox, context: string): JsonObject {
  const nonce = Buffer.from(sealed.nonce, 'base64url')
  const box = Buffer.from(sealed.box, 'base64url')
  const committed = box.subarray(0, commitment.length)
  const whole = nonce.length === NONCE_BYTES && box.length >= commitment.length + TAG_BYTES
  if (!whole || !timingSafeEqual(committed, commitment)) throw new BoxCorruptError(name, context)
  const text = decrypt(key, nonce, context, box.subarray(commitment.length))
  if (text === null) throw new BoxCorruptError(name, context)
  return JSON.parse(text.toString()) as JsonObject
}
