import { lagAt, rebuildState, type ProjectionState, type StateDeps } from '../projections/engine/projection-states.js'
import type { GenerationRow } from './database/checkpoints.js'

/**
 * An analyst's projection as lists show it. What analysts see is the live generation; until there is one, the first that is being built.
 * `stopped` also where no node runs it.
 */
export async function stateOf(
  name: string,
  rows: readonly GenerationRow[],
  { isRunning }: { isRunning: boolean },
  deps: StateDeps,
): Promise<ProjectionState> {
  const { log } = deps
  const live = rows.find(({ isLive }) => isLive)
  const building = rows.find(({ isLive }) => !isLive)
  const seen = live ?? building
  const head = await log.head()
  const failure = live?.failure ?? building?.failure ?? null
  return {
    name,
    version: seen?.version ?? 0,
    generation: seen?.generation ?? null,
    status: statusOf({ isRunning, isPaused: failure !== null, isBuilding: building !== undefined }),
    ...(await lagAt(seen?.position ?? log.start, head, deps)),
    failure,
    rebuild: building === undefined ? null : rebuildState({ ...building, ...UNMEASURED }, head, log),
  }
}

const UNMEASURED = { eventsPerSecond: null, comparing: false }

interface StatusFacts {
  isRunning: boolean
  isPaused: boolean
  isBuilding: boolean
}

function statusOf({ isRunning, isPaused, isBuilding }: StatusFacts): ProjectionState['status'] {
  if (isPaused) return 'paused'
  if (!isRunning) return 'stopped'
  return isBuilding ? 'rebuilding' : 'live'
}
