import type { Worker } from 'node:cluster'
import type { Readiness } from '../../api/shapes/readiness-shape.js'
import { openIpcCalls, type IpcCalls } from './ipc-calls.js'
import type { MetricObjects, MetricsText } from '../metrics.js'
import { createMetricsSum } from './metrics-sum.js'

/** What the primary knows of its workers, by asking them. */
export interface WorkerObservations {
  /** Of a worker that has just been started. */
  add(number: number, worker: Worker): void
  ended(number: number): void
  /** Of all processes, also what those had counted that have ended. */
  metrics(): Promise<MetricsText>
  /** That of the process that is worst off. */
  readiness(): Promise<{ status: Readiness['status'] }>
}

const BEST_FIRST: readonly Readiness['status'][] = ['ok', 'degraded', 'unavailable']

/** `count`: how many processes there are while all are well. */
export function observeWorkers(count: number): WorkerObservations {
  const calls = new Map<number, IpcCalls>()
  const sum = createMetricsSum()

  async function metrics(): Promise<MetricsText> {
    await Promise.all(
      Array.from(calls, async ([number, { call }]) => {
        const answer = (await call('metrics').catch(() => null)) as MetricObjects | null
        // one that is too busy to answer counts with what it answered last
        if (answer !== null && calls.has(number)) sum.update(number, answer)
      }),
    )
    return sum.read()
  }

  return {
    metrics,
    add: (number, worker) => void calls.set(number, openIpcCalls(worker, { metrics })),
    ended(number) {
      calls.delete(number)
      sum.ended(number)
    },
    async readiness() {
      const asked = Array.from(calls.values(), ({ call }) => call('readiness').catch(() => null))
      const answers = (await Promise.all(asked)).filter((answer) => answer !== null) as Readiness[]
      const rank = ({ status }: Readiness): number => BEST_FIRST.indexOf(status)
      const [worst] = answers.toSorted((a, b) => rank(b) - rank(a))
      if (worst === undefined) return { status: 'unavailable' }
      return { ...worst, status: worst.status === 'ok' && answers.length < count ? 'degraded' : worst.status }
    },
  }
}
