import type { Signal } from '../async/signal.js'

export interface TakeJobsDeps<Job> {
  /** At most `most` that are due, for this node alone until their lease ends. */
  claim(most: number): Promise<Job[]>
  /** Where even that fails, the lease ends by itself. */
  work(job: Job): Promise<void>
  mostAtOnce: number
  /** Rung when there may be something to do: a hint. */
  wakeUp: Signal
  /** How often it looks all the same. */
  pollMs: number
  onFailure(error: unknown): void
}

/** Takes jobs whenever a hand is free, until the signal ends it; then waits for those under way. */
export async function takeJobs<Job>(deps: TakeJobsDeps<Job>, signal: AbortSignal): Promise<void> {
  const { claim, work, mostAtOnce, wakeUp, pollMs, onFailure } = deps
  const underWay = new Set<Promise<void>>()

  function begin(job: Job): void {
    const working = work(job)
      .catch(onFailure)
      .finally(() => {
        underWay.delete(working)
        wakeUp.notify()
      })
    underWay.add(working)
  }

  while (!signal.aborted) {
    const { count } = wakeUp
    const free = mostAtOnce - underWay.size
    const claimed = free === 0 ? [] : await claim(free).catch(() => [])
    claimed.forEach(begin)
    if (claimed.length === 0) await wakeUp.wait(count, pollMs, signal)
  }
  await Promise.all(underWay)
}
