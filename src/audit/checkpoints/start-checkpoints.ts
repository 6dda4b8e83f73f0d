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
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
      if (!signal.aborted) await attempt(outage, sign, null)
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
