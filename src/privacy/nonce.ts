import { randomBytes } from 'node:crypto'

export const NONCE_BYTES = 12

// Asking for randomness costs more than encrypting a message, so it is fetched in blocks.
const BLOCK_BYTES = 4096

let block = Buffer.alloc(0)
let used = 0

/** Twelve random bytes, never given twice. A used-up block is left to those who hold its nonces, not filled again. */
export function nextNonce(): Buffer {
  if (used + NONCE_BYTES > block.length) {
    block = randomBytes(BLOCK_BYTES)
    used = 0
  }
  used += NONCE_BYTES
  return block.subarray(used - NONCE_BYTES, used)
}
