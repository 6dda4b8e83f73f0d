import { LRUCache } from 'lru-cache'
import type { Quota, Refusal } from './quota.js'

/** So many in a window that begins with the first, on this node. */
export interface LocalWindow {
  take(key: string): Quota | Refusal
  /** As what the next one would be refused; takes nothing. */
  refusalOf(key: string): Refusal | null
}

export interface LocalWindowOptions {
  name: string
  points: number
  seconds: number
  /** Milliseconds that never fall. */
  now?: () => number
}

/** Who comes from more addresses than this at once finds the oldest forgotten: memory stays bounded. */
const MAX_KEYS = 50_000

interface Window {
  taken: number
  endsAt: number
}

/**
 * Every request passes here, so it is one look into a map: no promise, no timer, and no record that an outsider could make many of,
 * which the memory limiter of rate-limiter-flexible has for each key.
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

  function told({ taken, endsAt }: Window, at: number): Quota {
    const resetMs = Math.min(endsAt - at, seconds * 1_000) // a sum of fractions may come out above its parts
    return { name, limit: points, windowSeconds: seconds, remaining: points - taken, resetMs }
  }

  function refused(window: Window, at: number): Refusal {
    const quota = told(window, at)
    return { ...quota, retryAfterMs: quota.resetMs }
  }

  return {
    take(key) {
      const at = now()
      const window = windowOf(key, at)
      if (window.taken >= points) return refused(window, at)
      window.taken++
      return told(window, at)
    },
    refusalOf(key) {
      const known = windows.peek(key)
      if (known === undefined || known.taken < points) return null
      const at = now()
      return at < known.endsAt ? refused(known, at) : null
    },
  }
}
