/** Wakes everyone who waits. A notification means "look again"; one that arrives between looking and waiting is not lost, because they are counted. */
export interface Signal {
  /** How often it was notified so far: taken before looking, given to `wait` after having found nothing. */
  readonly count: number
  notify(): void
  /** Until it was notified more than `since` times, `ms` are over, or the signal aborts. Never rejects. */
  wait(since: number, ms?: number, signal?: AbortSignal): Promise<void>
}

export function createSignal(): Signal {
  const waiting = new Set<() => void>()
  let count = 0

  return {
    get count() {
      return count
    },
    notify() {
      count++
      for (const wake of waiting) wake()
    },
    wait: (since, ms, signal) =>
      new Promise((resolve) => {
        const timer = ms === undefined ? undefined : setTimeout(wake, ms)
        signal?.addEventListener('abort', wake)
        waiting.add(wake)
        if (count > since || signal?.aborted === true) wake()

        function wake(): void {
          clearTimeout(timer)
          signal?.removeEventListener('abort', wake)
          waiting.delete(wake)
          resolve()
        }
      }),
  }
}
