import type { Refusal } from './quota.js'

/** How much somebody may hold open at once, on this node. */
export interface OpenAtOnce {
  /** Null where one more is open from now on, until it is given back. */
  open(key: string): Refusal | null
  close(key: string): void
}

/** After that long it may be worth another try: whoever has that many knows best which to close. */
const LOOK_AGAIN_SECONDS = 60

export function createOpenAtOnce(name: string, most: number): OpenAtOnce {
  const held = new Map<string, number>()
  const window = { windowSeconds: LOOK_AGAIN_SECONDS, resetMs: LOOK_AGAIN_SECONDS * 1_000 }
  return {
    open(key) {
      const before = held.get(key) ?? 0
      if (before >= most) return { name, limit: most, remaining: 0, ...window, retryAfterMs: window.resetMs }
      held.set(key, before + 1)
      return null
    },
    close(key) {
      const left = (held.get(key) ?? 0) - 1
      if (left > 0) held.set(key, left)
      else held.delete(key)
    },
  }
}
