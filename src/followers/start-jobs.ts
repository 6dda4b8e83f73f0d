import { createSignal } from '../async/signal.js'
import { takeJobs, type TakeJobsDeps } from './take-jobs.js'

export interface JobsDeps<Job> extends Omit<TakeJobsDeps<Job>, 'wakeUp' | 'work'> {
  /** Starts what finds the jobs in the log; it calls `onFound` when there may be something to do. */
  follow(onFound: () => void): AsyncDisposable
  /** `signal` aborts when the jobs are stopped. Where even that fails, the lease ends by itself. */
  work(job: Job, signal: AbortSignal): Promise<void>
}

export interface RunningJobs extends AsyncDisposable {
  /** There may be something to do. */
  wake(): void
}

/** Follows the log for jobs, and works on them, until it is disposed of; then it waits for those under way. */
export function startJobs<Job>({ follow, work, ...deps }: JobsDeps<Job>): RunningJobs {
  const wakeUp = createSignal()
  const stop = new AbortController()
  const { signal } = stop
  const wake = (): void => wakeUp.notify()
  const follower = follow(wake)
  const working = takeJobs({ ...deps, wakeUp, work: (job) => work(job, signal) }, signal)
  return {
    wake,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all([follower[Symbol.asyncDispose](), working])
    },
  }
}
