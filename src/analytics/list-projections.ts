import type { EventLog, Position } from '../eventstore/event-log.js'
import type { AnalyticsFailure, GenerationRow } from './database/checkpoints.js'

/** As `parley projections list` and `GET /projections` show it. */
export interface ListedProjection {
  name: string
  version: number
  generation: number
  /** `stopped`: no node runs it. */
  status: 'live' | 'rebuilding' | 'paused' | 'stopped'
  position: Position
  headPosition: Position
  lagEvents: number
  failure: AnalyticsFailure | null
  rebuild: { done: number; total: number } | null
}

export interface ListParts {
  /** Names of the files that are there. */
  files: readonly string[]
  rows: readonly GenerationRow[]
  /** Names of those that a node runs. */
  running: ReadonlySet<string>
  headPosition: Position
  log: Pick<EventLog, 'start' | 'countBetween'>
}

/** One entry for each name that has a file or tables. */
export function listProjections({ files, rows, ...parts }: ListParts): ListedProjection[] {
  const names = [...new Set([...files, ...rows.map(({ name }) => name)])].sort()
  return names.map((name) =>
    listOne(
      name,
      rows.filter((row) => row.name === name),
      parts,
    ),
  )
}

function listOne(
  name: string,
  rows: readonly GenerationRow[],
  parts: Omit<ListParts, 'files' | 'rows'>,
): ListedProjection {
  const { running, headPosition, log } = parts
  const live = rows.find(({ isLive }) => isLive)
  const building = rows.find(({ isLive }) => !isLive)
  const shown = live ?? building ?? { version: 0, generation: 0, position: log.start }
  const { version, generation, position } = shown
  const failure = live?.failure ?? building?.failure ?? null
  const total = log.countBetween(log.start, headPosition)
  return {
    name,
    version,
    generation,
    status: statusOf({ isRunning: running.has(name), isPaused: failure !== null, isBuilding: building !== undefined }),
    position,
    headPosition,
    lagEvents: log.countBetween(position, headPosition),
    failure,
    rebuild: building === undefined ? null : { done: log.countBetween(log.start, building.position), total },
  }
}

interface StatusFacts {
  isRunning: boolean
  isPaused: boolean
  isBuilding: boolean
}

function statusOf({ isRunning, isPaused, isBuilding }: StatusFacts): ListedProjection['status'] {
  if (isPaused) return 'paused'
  if (!isRunning) return 'stopped'
  return isBuilding ? 'rebuilding' : 'live'
}
