import { expect } from 'chai'
import { createSignal } from '../../src/async/signal.js'
import { takeJobs, type TakeJobsDeps } from '../../src/followers/take-jobs.js'
import { eventually } from '../support/eventually.js'
import { recordedReport } from '../support/recorded-report.js'

describe('taking jobs', () => {
  const NEVER_MS = 3_600_000

  /** Takes the given jobs until the returned function is called. */
  function take(jobs: string[], deps: Partial<TakeJobsDeps<string>> = {}) {
    const report = recordedReport()
    const wakeUp = createSignal()
    const stop = new AbortController()
    const done: string[] = []
    const running = takeJobs(
      {
        name: 'notes',
        claim: (limit) => Promise.resolve(jobs.splice(0, limit)),
        work: (job) => Promise.resolve(void done.push(job)),
        maxConcurrency: 2,
        wakeUp,
        pollMs: NEVER_MS,
        report,
        ...deps,
      },
      stop.signal,
    )
    const ended = async (): Promise<void> => {
      stop.abort()
      await running
    }
    return { report, wakeUp, done, ended }
  }

  it('takes all jobs, within the concurrency limit', async () => {
    let underWay = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setImmediate(resolve))
      underWay--
    }
    const jobs = ['a', 'b', 'c', 'd', 'e']
    const { ended, report } = take(jobs, { work })
    await eventually(() => expect([jobs.length, underWay]).to.deep.equal([0, 0]))
    await ended()
    expect(most).to.equal(2)
    expect(report.lines).to.deep.equal([])
  })

  it('reports a failed claim once, retries it on a signal or by its timer, and reports its recovery', async () => {
    const jobs = ['a']
    let failures = 2
    const claim = (limit: number): Promise<string[]> =>
      failures-- > 0 ? Promise.reject(new Error('no database')) : Promise.resolve(jobs.splice(0, limit))
    const { ended, report, done } = take(jobs, { claim, pollMs: 1 })
    await eventually(() => expect(done).to.deep.equal(['a']))
    await ended()
    expect(report.lines).to.deep.equal(['notes-claims failed: no database', 'notes-claims recovered'])
  })

  it('reports failing work once until some succeeds, and does not delay other jobs', async () => {
    const done: string[] = []
    const work = (job: string): Promise<void> =>
      job === 'good' ? Promise.resolve(void done.push(job)) : Promise.reject(new Error(job))
    const { ended, report } = take(['bad', 'worse', 'good'], { work, maxConcurrency: 1 })
    await eventually(() => expect(done).to.deep.equal(['good']))
    await ended()
    expect(report.lines).to.deep.equal(['notes failed: bad', 'notes recovered'])
  })
})
