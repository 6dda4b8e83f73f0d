import type { Pool } from 'pg'
import type { EventLog } from '../../eventstore/event-log.js'
import { beginGeneration, cancelGeneration, pruneGenerations, readGenerations, type Generation } from './generations.js'
import type { Projection } from './projection.js'

/** What operators and analysts have projections do. It changes rows; whichever process follows the log for the projection obeys. */
export interface ProjectionControl {
  /** Builds it again beside the tables in use. False where a build is under way. */
  rebuild(projection: Projection): Promise<boolean>
  /** Builds it again beside the tables in use, to compare both. False where a build is under way. */
  diff(projection: Projection): Promise<boolean>
  /** False where no build is under way. */
  cancel(projection: Projection): Promise<boolean>
  /** Tries the event at which it is paused again, at once; also that of its build. False where it is not paused. */
  retry(projection: Projection): Promise<boolean>
  setStopped(projection: Projection, stopped: boolean): Promise<void>
  /** The result of the last `diff`; null where there is none, or not yet. */
  lastComparison(projection: Projection): Promise<Generation | null>
  /** Drops the tables that were replaced; the generations dropped. */
  prune(projection: Projection): Promise<number[]>
}

/** Clears the failure at which it, or its build, is paused: whoever follows the log for it takes that as the order to try again. */
export async function retryProjection(pool: Pool, { name, version }: Projection): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with used as (update projections set failure = null
                   where name = $1 and version = $2 and failure is not null returning 1),
          built as (update projection_generations set failure = null
                    where name = $1 and version = $2 and failure is not null returning 1)
     select from used union all select from built`,
    [name, version],
  )
  return (rowCount ?? 0) > 0
}

export interface ProjectionControlDeps {
  pool: Pool
  log: Pick<EventLog, 'start'>
  /** Called when there is something to build. */
  wakeUp(): void
}

export function createProjectionControl({ pool, log: { start }, wakeUp }: ProjectionControlDeps): ProjectionControl {
  async function begin(projection: Projection, state: 'building' | 'comparing'): Promise<boolean> {
    const generation = await beginGeneration(pool, projection, { start, state })
    wakeUp()
    return generation !== null
  }

  return {
    rebuild: (projection) => begin(projection, 'building'),
    diff: (projection) => begin(projection, 'comparing'),
    cancel: (projection) => cancelGeneration(pool, projection),
    async retry(projection) {
      const isPaused = await retryProjection(pool, projection)
      wakeUp()
      return isPaused
    },
    async setStopped({ name, version }, stopped) {
      await pool.query('update projections set stopped = $3 where name = $1 and version = $2', [name, version, stopped])
    },
    async lastComparison(projection) {
      const generations = await readGenerations(pool, [projection])
      return generations.find(({ state }) => state === 'compared') ?? null
    },
    prune: (projection) => pruneGenerations(pool, projection),
  }
}
