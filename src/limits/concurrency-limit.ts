import type { Refusal } from './quota.js'

/** How many of something one key may hold at the same time, on this node. */
export interface ConcurrencyLimit {
  /** Null if it was acquired; `release` must then be called for it. */
  acquire(key: string): Refusal | null
  release(key: string): void
}

/** Nothing says when one will be released, so clients are told to retry after this time. */
const RETRY_AFTER_SECONDS = 60

export function createConcurrencyLimit(name: string, max: number): ConcurrencyLimit {
  const held = new Map<string, number>()
  const window = { windowSeconds: RETRY_AFTER_SECONDS, resetMs: RETRY_AFTER_SECONDS * 1_000 }
  return {
    acquire(key) {
      const before = held.get(key) ?? 0
      if (before >= max) return { name, limit: max, remaining: 0, ...window, retryAfterMs: window.resetMs }
      held.set(key, before + 1)
      return null
    },
    release(key) {
      const left = (held.get(key) ?? 0) - 1
      if (left > 0) held.set(key, left)
      else held.delete(key)
    },
  }
}
