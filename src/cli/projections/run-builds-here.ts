import { setTimeout as sleep } from 'node:timers/promises'
import type { Foundations } from '../../app/foundations.js'
import { createLagSecondsAt } from '../../app/readiness/projection-lag.js'
import { startAppRebuilder } from '../../app/start-projections.js'
import type { Projection } from '../../projections/engine/projection.js'
import { readProjectionStates, type ProjectionState } from '../../projections/engine/projection-states.js'
import { failureReport } from '../with-core.js'
import { createBuildBars } from './build-bars.js'
import type { BuildResult } from './build-result.js'
import { describeFailure } from '../../projections/engine/describe-failure.js'

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
 * Waits until each of these projections is built, or its build has paused at an event, with progress bars. Builds them in this process where no
 * server does.
 */
export async function runBuildsHere(
  foundations: Foundations,
  projections: readonly Projection[],
  json: boolean,
): Promise<BuildResult[]> {
  if (projections.length === 0) return []
  const bars = createBuildBars(json)
  await using rebuilder = startAppRebuilder(foundations, failureReport)
  rebuilder.wakeUp()
  try {
    for (;;) {
      const states = await readStates(foundations, projections)
      bars.show(states)
      if (states.every(({ rebuild }) => rebuild === null || rebuild.paused)) return states.map(resultOf)
      await sleep(WATCH_MS)
    }
  } finally {
    bars.stop()
  }
}

function resultOf({ name, version, rebuild, failure }: ProjectionState): BuildResult {
  const problem =
    rebuild === null || failure === null
      ? null
      : `The build of ${name} is ${describeFailure(failure)}. ` +
        `When it is repaired: parley projections retry ${name}; to give it up: parley projections cancel ${name}`
  return { name, version, problem }
}
