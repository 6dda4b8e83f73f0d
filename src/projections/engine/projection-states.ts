import type { Pool } from 'pg'
import type { EventLog, Position } from '../../eventstore/event-log.js'
import type { Failure } from './checkpoint.js'
import { isUnderWay, readGenerations, type Generation } from './generations.js'
import type { Projection } from './projection.js'

export interface RebuildState {
  /** Events examined. */
  done: number
  total: number
  eventsPerSecond: number | null
  secondsLeft: number | null
  /** Whether it is only to be compared with the tables in use. */
  comparing: boolean
  /** Whether it is the rebuild that pauses, not the tables in use. */
  paused: boolean
}

/** Where a projection pauses; that of an analyst also in which line of its file, and without an event where the file itself is at fault. */
export interface ShownFailure {
  position: Position | null
  stream: string | null
  eventType: string | null
  code: string
  at: string
  message?: string | null
  file?: string | null
  line?: number | null
}

/** A projection as every process sees it. */
export interface ProjectionState {
  name: string
  version: number
  /** Null before its tables were made. */
  generation: number | null
  status: 'live' | 'rebuilding' | 'paused' | 'stopped'
  /** Why an analyst's projection is stopped, where nobody has stopped it. */
  reason: string | null
  /** The last position of the log that it has examined. */
  position: Position
  headPosition: Position
  lagEvents: number
  /** Age of the first event that it has not examined; null where the log does not answer in time. */
  lagSeconds: number | null
  /** Whether numbers of events are estimates, as positions of EventStoreDB are no count. */
  estimated: boolean
  /** Where it pauses, or where its rebuild does. */
  failure: ShownFailure | null
  rebuild: RebuildState | null
}

export interface StateDeps {
  log: Pick<EventLog, 'head' | 'start' | 'countBetween' | 'kind'>
  /** Seconds since the first event after the position was recorded. */
  lagSecondsAt(position: Position): Promise<number | null>
}

export interface ProjectionStatesDeps extends StateDeps {
  pool: Pool
  projections: readonly Projection[]
}

interface Row {
  name: string
  generation: number
  position: Position
  failure: Failure | null
  stopped: boolean
}

/** The states of all projections of this release, in their order. */
export async function readProjectionStates(deps: ProjectionStatesDeps): Promise<ProjectionState[]> {
  const { pool, log, projections } = deps
  const [head, generations, { rows }] = await Promise.all([
    log.head(),
    readGenerations(pool, projections),
    pool.query<Row>(
      `select name, generation, position, failure, stopped from projections
       join unnest($1::text[], $2::integer[]) as wanted (name, version) using (name, version)`,
      [projections.map(({ name }) => name), projections.map(({ version }) => version)],
    ),
  ])
  return Promise.all(
    projections.map(async ({ name, version }): Promise<ProjectionState> => {
      const row = rows.find((one) => one.name === name)
      const build = generations.find((one) => one.name === name && isUnderWay(one))
      return {
        name,
        version,
        generation: row?.generation ?? null,
        status: statusOf(row, build),
        reason: null,
        ...(await lagAt(row?.position ?? log.start, head, deps)),
        failure: row?.failure ?? build?.failure ?? null,
        rebuild:
          build === undefined
            ? null
            : rebuildState(
                { ...build, comparing: build.state === 'comparing', paused: build.failure !== null },
                head,
                log,
              ),
      }
    }),
  )
}

function statusOf(row: Row | undefined, build: Generation | undefined): ProjectionState['status'] {
  if (row?.stopped === true) return 'stopped'
  if (row?.failure) return 'paused'
  return build === undefined ? 'live' : 'rebuilding'
}

/** How far a position is behind the head. */
export async function lagAt(position: Position, head: Position, { log, lagSecondsAt }: StateDeps) {
  const lagEvents = log.countBetween(position, head)
  return {
    position,
    headPosition: head,
    lagEvents,
    lagSeconds: lagEvents === 0 ? 0 : await lagSecondsAt(position),
    estimated: log.kind === 'eventstoredb',
  }
}

/** How far a build is that has examined the log up to a position. */
export function rebuildState(
  {
    position,
    eventsPerSecond,
    comparing,
    paused,
  }: Pick<RebuildState, 'eventsPerSecond' | 'comparing' | 'paused'> & { position: Position },
  head: Position,
  { start, countBetween }: Pick<EventLog, 'start' | 'countBetween'>,
): RebuildState {
  const done = countBetween(start, position)
  const total = Math.max(done, countBetween(start, head))
  const secondsLeft = eventsPerSecond === null || eventsPerSecond === 0 ? null : (total - done) / eventsPerSecond
  return { done, total, eventsPerSecond, secondsLeft, comparing, paused }
}
