import { setTimeout as sleep } from 'node:timers/promises'
import { attempt } from '../../async/attempt.js'
import { createOutage, type FailureReport } from '../../async/outage.js'

export interface CheckpointsDeps {
  /** Signs what is new in the chain. */
  sign(): Promise<unknown>
  intervalMs: number
  report: FailureReport
}

/** Signs a checkpoint at each interval, the first after one. */
export function startCheckpoints({ sign, intervalMs, report }: CheckpointsDeps): AsyncDisposable {
  const outage = createOutage('audit-checkpoints', report)
  const stop = new AbortController()
  const { signal } = stop

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const isTime = await sleep(intervalMs, true, { signal }).catch(() => false)
      if (isTime) await attempt(outage, sign, null)
    }
  }

  const running = run()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
