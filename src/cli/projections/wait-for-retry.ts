import { setTimeout as sleep } from 'node:timers/promises'
import type { ManagedProjection } from '../../projections/managed-projection.js'
import type { ProjectionState } from '../../projections/engine/projection-states.js'

const WATCH_MS = 200
/** A process of its own takes some seconds to start; where nothing follows the log, nothing happens. */
const MAX_WAIT_MS = 15_000

/** Waits until a projection that tries again has passed where it was paused, or pauses again; gives the state then. */
export async function waitForRetry(
  projection: Pick<ManagedProjection, 'state'>,
  before: ProjectionState,
): Promise<ProjectionState> {
  const deadline = performance.now() + MAX_WAIT_MS
  for (;;) {
    const now = await projection.state()
    if (now.failure !== null || hasMoved(before, now) || performance.now() > deadline) return now
    await sleep(WATCH_MS)
  }
}

const hasMoved = (before: ProjectionState, now: ProjectionState): boolean =>
  before.rebuild === null || now.rebuild === null
    ? now.position !== before.position || (before.rebuild === null) !== (now.rebuild === null)
    : now.rebuild.done !== before.rebuild.done
