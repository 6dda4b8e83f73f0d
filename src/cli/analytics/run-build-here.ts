import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AnalystsProjection } from '../../analytics/analysts-projection.js'
import { createLease } from '../../analytics/database/lease.js'
import { startSupervisor } from '../../analytics/running/supervisor.js'
import { CommandFailedError } from '../command-errors.js'
import { createBuildBars } from '../projections/build-bars.js'
import { describeFailure } from '../../projections/engine/describe-failure.js'
import type { OpenAnalytics } from './with-analytics.js'

const WATCH_MS = 200

/**
 * Waits until the projection is no longer being built, with a progress bar. Builds it in this process where no server does.
 * @throws CommandFailedError where the build pauses
 */
export async function runBuildHere(
  { name, path, state }: AnalystsProjection,
  open: OpenAnalytics,
  json: boolean,
): Promise<void> {
  if (path === null) return
  const bars = createBuildBars(json)
  const lease = createLease(open.pool, randomUUID())
  const supervisor = startSupervisor({ ...open, name, path, lease })
  try {
    for (;;) {
      const { rebuild, failure, ...others } = await state()
      if (rebuild === null) return
      bars.show([{ ...others, rebuild, failure }])
      if (failure !== null)
        throw new CommandFailedError(
          `The build of ${name} is ${describeFailure(failure)}. When the file is repaired: parley projections retry ${name}`,
        )
      await sleep(WATCH_MS)
    }
  } finally {
    bars.stop()
    await supervisor[Symbol.asyncDispose]()
  }
}
