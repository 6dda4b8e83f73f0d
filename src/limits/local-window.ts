import { createBoundedCache } from '../async/bounded-cache.js'
import type { Quota, Refusal } from './quota.js'

/** `points` per window of `seconds`, which begins with the first use; counted on this node alone. */
export interface LocalWindow {
  /** Takes `points` (1 by default), or none if they would pass the limit. */
  take(key: string, points?: number): Quota | Refusal
  /** Takes points back from the window of `take`; does nothing once that is over. */
  giveBack(key: string, points?: number): void
  /** The refusal that `take` would answer with, without taking anything; null if it would succeed. */
  refusalOf(key: string): Refusal | null
}

export interface LocalWindowOptions {
  name: string
  points: number
  seconds: number
  /** A monotonic clock, in milliseconds. */
  now?: () => number
}

/** Bounds memory: the keys unused for longest are forgotten first. */
const MAX_KEYS = 50_000

interface Window {
  taken: number
  endsAt: number
}

/**
 * Every request passes here, so a call is one map lookup: no promise, no timer, and no unbounded map, all of which the memory limiter of
 * rate-limiter-flexible has. Nor does it depend on the system's date, which may be set back or forth.
 */
export function createLocalWindow(options: LocalWindowOptions): LocalWindow {
  const { name, points: limit, seconds, now = () => performance.now() } = options
  const windows = createBoundedCache<string, Window>(MAX_KEYS)

  function windowOf(key: string, at: number): Window {
    const known = windows.get(key)
    if (known !== undefined && at < known.endsAt) return known
    const made = { taken: 0, endsAt: at + seconds * 1_000 }
    windows.set(key, made)
    return made
  }

  function quotaOf({ taken, endsAt }: Window, at: number): Quota {
    const resetMs = Math.min(endsAt - at, seconds * 1_000) // a sum of fractions may come out above its parts
    return { name, limit, windowSeconds: seconds, remaining: limit - taken, resetMs }
  }

  function refused(window: Window, at: number): Refusal {
    const quota = quotaOf(window, at)
    return { ...quota, retryAfterMs: quota.resetMs }
  }

  return {
    take(key, points = 1) {
      const at = now()
      const window = windowOf(key, at)
      if (window.taken + points > limit) return refused(window, at)
      window.taken += points
      return quotaOf(window, at)
    },
    giveBack(key, points = 1) {
      const known = windows.peek(key)
      if (known !== undefined && now() < known.endsAt) known.taken = Math.max(0, known.taken - points)
    },
    refusalOf(key) {
      const known = windows.peek(key)
      if (known === undefined || known.taken < limit) return null
      const at = now()
      return at < known.endsAt ? refused(known, at) : null
    },
  }
}
