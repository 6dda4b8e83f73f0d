import type { ClientBase, Pool } from 'pg'
import type { EventLog, Page, Position } from '../../../eventstore/event-log.js'
import { applyInBatches, type BatchLimit } from '../apply-in-batches.js'
import type { ApplyTarget } from '../apply-target.js'
import type { Failure } from '../checkpoint.js'
import type { Generation } from '../generations.js'
import type { Lease } from '../lease.js'
import { tableName, type Projection, type ProjectionKey } from '../projection.js'
import { createRate } from './rate.js'

/** One generation on its way, under a lease. */
export interface Build {
  readonly projection: Projection
  readonly generation: number
  readonly state: 'building' | 'comparing'
  /** Up to where its tables follow the log. */
  readonly position: Position
  readonly target: ApplyTarget
  /** Applies what of the page it has not examined. False where the build was cancelled, or another process goes on with it. */
  apply(page: Page): Promise<boolean>
}

/** The lease of a projection's builds; of each version its own, so that each release builds what it knows. */
export const buildLeaseKey = ({ name, version }: ProjectionKey): ProjectionKey => ({ name: `${name} builds`, version })

export interface BuildDeps {
  pool: Pool
  log: Pick<EventLog, 'comparePositions'>
  projection: Projection
  lease: Lease
  batchLimit: BatchLimit
  skipped: ReadonlySet<Position>
}

export function createBuild({ generation, state, ...row }: Generation, deps: BuildDeps): Build {
  const { pool, log, projection, lease, batchLimit, skipped } = deps
  const { name, version } = projection
  const rate = createRate()
  let { position } = row
  let examined = 0

  const target: ApplyTarget = {
    projection,
    table: tableName(projection, generation),
    skipped,
    isFilling: true,
    moveQuery(to, parameter) {
      if (lease.epoch === null) return null
      const versioned = parameter(version)
      return `update projection_generations set position = ${parameter(to)}, failure = null,
          events_per_second = ${parameter(rate.perSecond())}, changed_at = now()
        where name = ${parameter(name)} and version = ${versioned} and generation = ${parameter(generation)}
          and position = ${parameter(position)} and state = ${parameter(state)}
          and exists (select from projection_leases l where l.name = ${parameter(buildLeaseKey(projection).name)}
            and l.version = ${versioned} and l.epoch = ${parameter(lease.epoch)})`
    },
    moved(to) {
      position = to
      rate.add(examined)
      examined = 0
    },
    failed: (failure) => recordBuildFailure(pool, { name, version, generation }, failure),
  }

  return {
    projection,
    generation,
    state: state === 'comparing' ? 'comparing' : 'building',
    get position() {
      return position
    },
    target,
    apply(page) {
      if (log.comparePositions(page.position, position) <= 0) return Promise.resolve(true)
      const later = page.events.filter((event) => log.comparePositions(event.position, position) > 0)
      examined = later.length
      const events = later.filter(isFor(projection))
      return applyInBatches(pool, target, { events, position: page.position }, batchLimit)
    },
  }
}

export const isFor =
  ({ streamPrefixes }: Pick<Projection, 'streamPrefixes'>) =>
  ({ stream }: { stream: string }): boolean =>
    streamPrefixes === undefined || streamPrefixes.some((prefix) => stream.startsWith(prefix))

async function recordBuildFailure(
  db: Pool | ClientBase,
  { name, version, generation }: Pick<Generation, 'name' | 'version' | 'generation'>,
  failure: Failure,
): Promise<void> {
  await db.query(
    'update projection_generations set failure = $4 where name = $1 and version = $2 and generation = $3',
    [name, version, generation, JSON.stringify(failure)],
  )
}
