/** Wakes everyone who waits. A ring says "look again", and one that comes while nobody listens is not lost: rings are counted. */
export interface Bell {
  /** How often it rang so far: taken before looking, given to `wait` after having found nothing. */
  readonly rings: number
  ring(): void
  /** Until it has rung more than `since` times, `ms` are over, or the signal aborts. Never rejects. */
  wait(since: number, ms?: number, signal?: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  const waiting = new Set<() => void>()
  let rings = 0

  return {
    get rings() {
      return rings
    },
    ring() {
      rings++
      for (const wake of waiting) wake()
    },
    wait: (since, ms, signal) =>
      new Promise((resolve) => {
        const timer = ms === undefined ? undefined : setTimeout(wake, ms)
        signal?.addEventListener('abort', wake)
        waiting.add(wake)
        if (rings > since || signal?.aborted === true) wake()

        function wake(): void {
          clearTimeout(timer)
          signal?.removeEventListener('abort', wake)
          waiting.delete(wake)
          resolve()
        }
      }),
  }
}
