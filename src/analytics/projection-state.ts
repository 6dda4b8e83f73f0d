import { lagAt, rebuildState, type ProjectionState, type StateDeps } from '../projections/engine/projection-states.js'
import type { Position } from '../eventstore/event-log.js'
import type { GenerationRow } from './database/checkpoints.js'
import type { RunFacts } from './database/run-facts.js'

export interface StateFacts extends RunFacts {
  head: Position
  generations: readonly GenerationRow[]
}

/**
 * An analyst's projection as lists show it. What analysts see is the live generation; until there is one, the first that is being built.
 * `stopped` also where no node runs it. One whose file is gone is not paused: there is nothing to repair.
 */
export async function stateOf(
  { name, path }: { name: string; path: string | null },
  { head, generations, running, stopped, fileVersions }: StateFacts,
  deps: StateDeps,
): Promise<ProjectionState> {
  const { log } = deps
  const rows = generations.filter((row) => row.name === name)
  const live = rows.find(({ isLive }) => isLive)
  const building = rows.find(({ isLive }) => !isLive)
  const seen = live ?? building
  const failure = path === null ? null : (live?.failure ?? building?.failure ?? null)
  const isRunning = path !== null && running.has(name) && !stopped.has(name)
  const status = statusOf({ isRunning, isPaused: failure !== null, isBuilding: building !== undefined })
  return {
    name,
    version: seen?.version ?? 0,
    generation: seen?.generation ?? null,
    status,
    reason: status === 'stopped' ? reasonOf(name, path, live?.version ?? 0, fileVersions.get(name)) : null,
    ...(await lagAt(seen?.position ?? log.start, head, deps)),
    failure,
    rebuild: building === undefined ? null : buildState(building, head, log),
  }
}

/** Why no node runs it, where that is not by an operator's or analyst's order. */
function reasonOf(name: string, path: string | null, version: number, fileVersion: number | undefined): string | null {
  if (path === null) return `its file is gone; parley projections drop ${name} drops its tables`
  if (fileVersion !== undefined && fileVersion < version)
    return `its file has version ${fileVersion}, which is lower; parley projections rebuild ${name} builds that`
  return null
}

function buildState(
  { position, failure, buildingFor, beganPosition }: GenerationRow,
  head: Position,
  log: StateDeps['log'],
): ProjectionState['rebuild'] {
  const isPaused = failure !== null
  const rate = buildingFor > 0 ? log.countBetween(beganPosition, position) / buildingFor : null
  const eventsPerSecond = isPaused ? null : rate
  return rebuildState({ position, eventsPerSecond, comparing: false, paused: isPaused }, head, log)
}

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
