import type { Refusal } from './quota.js'

/** A rate limit refused a command, where the caller expects the command's own result. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError'
  constructor(readonly refusal: Refusal) {
    super(`rate limit reached: ${refusal.name}`)
  }
}
