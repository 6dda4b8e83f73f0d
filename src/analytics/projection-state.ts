import type { EventLog, Position } from '../eventstore/event-log.js'
import type { AnalyticsFailure, GenerationRow } from './database/checkpoints.js'

/** As `parley projections` and `GET /projections` show it, in the shape of Parley's own projections. */
export interface AnalystsProjectionState {
  name: string
  version: number
  /** Null before its tables were made. */
  generation: number | null
  /** `stopped` also where no node runs it. */
  status: 'live' | 'rebuilding' | 'paused' | 'stopped'
  position: Position
  headPosition: Position
  lagEvents: number
  lagSeconds: number | null
  /** Whether numbers of events are estimates. */
  estimated: boolean
  failure: AnalyticsFailure | null
  rebuild: AnalystsRebuild | null
}

export interface AnalystsRebuild {
  done: number
  total: number
  eventsPerSecond: null
  secondsLeft: null
  comparing: boolean
}

export interface StateDeps {
  log: Pick<EventLog, 'start' | 'head' | 'countBetween' | 'kind'>
  lagSecondsAt(position: Position): Promise<number>
}

/** What analysts see is the live generation; until there is one, the first that is being built. */
export async function stateOf(
  name: string,
  rows: readonly GenerationRow[],
  { isRunning }: { isRunning: boolean },
  { log, lagSecondsAt }: StateDeps,
): Promise<AnalystsProjectionState> {
  const live = rows.find(({ isLive }) => isLive)
  const building = rows.find(({ isLive }) => !isLive)
  const position = (live ?? building)?.position ?? log.start
  const head = await log.head()
  const lagEvents = log.countBetween(position, head)
  const failure = live?.failure ?? building?.failure ?? null
  return {
    name,
    version: (live ?? building)?.version ?? 0,
    generation: (live ?? building)?.generation ?? null,
    status: statusOf({ isRunning, isPaused: failure !== null, isBuilding: building !== undefined }),
    position,
    headPosition: head,
    lagEvents,
    lagSeconds: lagEvents === 0 ? 0 : await lagSecondsAt(position),
    estimated: log.kind === 'eventstoredb',
    failure,
    rebuild: building === undefined ? null : rebuildOf(building, head, log),
  }
}

const rebuildOf = ({ position }: GenerationRow, head: Position, log: StateDeps['log']): AnalystsRebuild => ({
  done: log.countBetween(log.start, position),
  total: log.countBetween(log.start, head),
  eventsPerSecond: null,
  secondsLeft: null,
  comparing: false,
})

interface StatusFacts {
  isRunning: boolean
  isPaused: boolean
  isBuilding: boolean
}

function statusOf({ isRunning, isPaused, isBuilding }: StatusFacts): AnalystsProjectionState['status'] {
  if (isPaused) return 'paused'
  if (!isRunning) return 'stopped'
  return isBuilding ? 'rebuilding' : 'live'
}
