import { attempt } from '../async/attempt.js'
import { createOutage, type FailureReport } from '../async/outage.js'
import type { Signal } from '../async/signal.js'

export interface TakeJobsDeps<Job> {
  /** As log lines and metrics name it. */
  name: string
  /** At most `limit` jobs that are due, for this node alone until their lease ends. */
  claim(limit: number): Promise<Job[]>
  /** Where even that fails, the lease ends by itself. */
  work(job: Job): Promise<void>
  maxConcurrency: number
  /** Notified when there may be something to do: a hint. */
  wakeUp: Signal
  /** How often it looks all the same. */
  pollMs: number
  report: FailureReport
}

/** Takes jobs whenever one may be started, until the signal ends it; then waits for those under way. */
export async function takeJobs<Job>(deps: TakeJobsDeps<Job>, signal: AbortSignal): Promise<void> {
  const { name, claim, work, maxConcurrency, wakeUp, pollMs, report } = deps
  const claiming = createOutage(`${name}-claims`, report)
  const working = createOutage(name, report)
  const underWay = new Set<Promise<void>>()

  function begin(job: Job): void {
    const running = work(job)
      .then(working.succeeded, working.failed)
      .finally(() => {
        underWay.delete(running)
        wakeUp.notify()
      })
    underWay.add(running)
  }

  while (!signal.aborted) {
    const { count } = wakeUp
    const free = maxConcurrency - underWay.size
    const jobs = free === 0 ? [] : await attempt(claiming, () => claim(free), [])
    jobs.forEach(begin)
    if (jobs.length === 0) await wakeUp.wait(count, pollMs, signal)
  }
  await Promise.all(underWay)
}
