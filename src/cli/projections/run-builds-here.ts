import { setTimeout as sleep } from 'node:timers/promises'
import type { Foundations } from '../../app/foundations.js'
import { createLagSecondsAt } from '../../app/readiness/projection-lag.js'
import { startAppRebuilder } from '../../app/start-projections.js'
import type { Projection } from '../../projections/engine/projection.js'
import { readProjectionStates, type ProjectionState } from '../../projections/engine/projection-states.js'
import { CommandFailedError } from '../command-errors.js'
import { failureReport } from '../with-core.js'
import { createBuildBars } from './build-bars.js'
import { describeFailure } from './describe-failure.js'

const WATCH_MS = 200

/** The states of these projections. */
export function readStates(
  { databases, log, reader }: Foundations,
  projections: readonly Projection[],
): Promise<ProjectionState[]> {
  const lagSecondsAt = createLagSecondsAt({ log, reader, clock: () => new Date() })
  return readProjectionStates({ pool: databases.main, log, projections, lagSecondsAt })
}

/**
 * Waits until none of these projections is being built, with progress bars. Builds them in this process where no server does.
 * @throws CommandFailedError where a build pauses at an event
 */
export async function runBuildsHere(
  foundations: Foundations,
  projections: readonly Projection[],
  json: boolean,
): Promise<void> {
  const bars = createBuildBars(json)
  await using rebuilder = startAppRebuilder(foundations, failureReport)
  rebuilder.wakeUp()
  try {
    for (;;) {
      const states = await readStates(foundations, projections)
      bars.show(states)
      const building = states.filter(({ rebuild }) => rebuild !== null)
      if (building.length === 0) return
      const failed = building.find(({ failure }) => failure !== null)
      if (failed?.failure)
        throw new CommandFailedError(
          `The build of ${failed.name} is ${describeFailure(failed.failure)}. ` +
            `When it is repaired: parley projections retry ${failed.name}; to give it up: parley projections cancel ${failed.name}`,
        )
      await sleep(WATCH_MS)
    }
  } finally {
    bars.stop()
  }
}
