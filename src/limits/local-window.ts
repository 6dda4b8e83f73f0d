import { LRUCache } from 'lru-cache'
import type { Quota, Refusal } from './quota.js'

/** `points` per window of `seconds`, which begins with the first use; counted on this node alone. */
export interface LocalWindow {
  /** Takes `cost` points; 1 by default. */
  take(key: string, cost?: number): Quota | Refusal
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
 * rate-limiter-flexible has.
 */
export function createLocalWindow({
  name,
  points,
  seconds,
  now = () => performance.now(),
}: LocalWindowOptions): LocalWindow {
  const windows = new LRUCache<string, Window>({ max: MAX_KEYS })

  function windowOf(key: string, at: number): Window {
    const known = windows.get(key)
    if (known !== undefined && at < known.endsAt) return known
    const made = { taken: 0, endsAt: at + seconds * 1_000 }
    windows.set(key, made)
    return made
  }

  function quotaOf({ taken, endsAt }: Window, at: number): Quota {
    const resetMs = Math.min(endsAt - at, seconds * 1_000) // a sum of fractions may come out above its parts
    return { name, limit: points, windowSeconds: seconds, remaining: points - taken, resetMs }
  }

  function refused(window: Window, at: number): Refusal {
    const quota = quotaOf(window, at)
    return { ...quota, retryAfterMs: quota.resetMs }
  }

  return {
    take(key, cost = 1) {
      const at = now()
      const window = windowOf(key, at)
      if (window.taken + cost > points) return refused(window, at)
      window.taken += cost
      return quotaOf(window, at)
    },
    refusalOf(key) {
      const known = windows.peek(key)
      if (known === undefined || known.taken < points) return null
      const at = now()
      return at < known.endsAt ? refused(known, at) : null
    },
  }
}
