export interface Rate {
  add(events: number): void
  /** Over the last seconds; null before the first events. */
  perSecond(): number | null
}

const WINDOW_MS = 5_000

export function createRate(now: () => number = () => performance.now()): Rate {
  const counts: { at: number; events: number }[] = []
  const began = now()
  return {
    add(events) {
      counts.push({ at: now(), events })
    },
    perSecond() {
      const since = now() - WINDOW_MS
      while ((counts[0]?.at ?? Infinity) < since) counts.shift()
      if (counts.length === 0) return null
      const total = counts.reduce((sum, { events }) => sum + events, 0)
      return (total * 1_000) / Math.max(1, now() - Math.max(since, began))
    },
  }
}
