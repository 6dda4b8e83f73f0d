import type { ClientBase, Pool } from 'pg'
import type { Position } from '../../eventstore/event-log.js'
import type { Differences } from '../../postgres/compare-tables.js'
import type { Failure } from './checkpoint.js'
import { changingGenerations, nextGeneration } from './open-projection.js'
import { tableName, type Projection, type ProjectionKey } from './projection.js'

/** Of tables beside those that queries use. */
export type GenerationState =
  /** To be used by queries when it is complete. */
  | 'building'
  /** To be compared with the one in use when it is complete, and dropped. */
  | 'comparing'
  /** Its differences are known, and its tables are gone. */
  | 'compared'
  /** Queries used it before. */
  | 'replaced'

export interface Generation {
  name: string
  version: number
  generation: number
  state: GenerationState
  position: Position
  failure: Failure | null
  eventsPerSecond: number | null
  differences: Differences | null
  changedAt: Date
}

const COLUMNS = `name, version, generation, state, position, failure, events_per_second as "eventsPerSecond", differences,
  changed_at as "changedAt"`

export async function readGenerations(
  db: Pool | ClientBase,
  projections: readonly ProjectionKey[],
): Promise<Generation[]> {
  const { rows } = await db.query<Generation>(
    `select ${COLUMNS} from projection_generations
     join unnest($1::text[], $2::integer[]) as wanted (name, version) using (name, version) order by name, generation`,
    [projections.map(({ name }) => name), projections.map(({ version }) => version)],
  )
  return rows
}

/** Begins a generation from the log's start; null where one is being built already. */
export const beginGeneration = (
  pool: Pool,
  projection: Projection,
  { start, state }: { start: Position; state: 'building' | 'comparing' },
): Promise<number | null> =>
  changingGenerations(pool, async (tx) => {
    const known = await readGenerations(tx, [projection])
    if (known.some((one) => isUnderWay(one))) return null
    const generation = await nextGeneration(tx, projection)
    await deleteGenerations(tx, projection, ['compared'])
    const table = tableName(projection, generation)
    await tx.query(projection.schema(table))
    if (projection.filling !== undefined) await tx.query(projection.filling.begin(table))
    await tx.query(
      `insert into projection_generations (name, version, generation, state, position) values ($1, $2, $3, $4, $5)`,
      [projection.name, projection.version, generation, state, start],
    )
    return generation
  })

export const isUnderWay = ({ state }: Pick<Generation, 'state'>): boolean =>
  state === 'building' || state === 'comparing'

/** Ends what is being built, and drops its tables. False where nothing is. */
export const cancelGeneration = (pool: Pool, projection: Projection): Promise<boolean> =>
  changingGenerations(pool, async (tx) => {
    const dropped = await deleteGenerations(tx, projection, ['building', 'comparing'])
    await dropTables(tx, projection, dropped)
    return dropped.length > 0
  })

/**
 * Drops the generations of this version that were replaced; the numbers of those. Processes that still use one notice by the missing
 * table and go on with its successor.
 */
export const pruneGenerations = (pool: Pool, projection: Projection): Promise<number[]> =>
  changingGenerations(pool, async (tx) => {
    const dropped = await deleteGenerations(tx, projection, ['replaced'])
    await dropTables(tx, projection, dropped)
    return dropped
  })

async function deleteGenerations(
  tx: ClientBase,
  { name, version }: ProjectionKey,
  states: GenerationState[],
): Promise<number[]> {
  const { rows } = await tx.query<{ generation: number }>(
    `delete from projection_generations where name = $1 and version = $2 and state = any($3) returning generation`,
    [name, version, states],
  )
  return rows.map(({ generation }) => generation)
}

/** Queries wait for the lock at most this long, and a drop that cannot have it fails. */
const LOCK_MS = 200

export async function dropTables(
  tx: ClientBase,
  projection: Pick<Projection, 'version' | 'tables'>,
  generations: readonly number[],
): Promise<void> {
  const tables = generations.flatMap((generation) => projection.tables.map(tableName(projection, generation)))
  if (tables.length === 0) return
  await tx.query(`set local lock_timeout = ${LOCK_MS}`)
  await tx.query(`drop table if exists ${tables.join(', ')}`)
}

/** What a comparison found; its tables are dropped. */
export const keepDifferences = (
  pool: Pool,
  projection: Projection,
  generation: number,
  differences: Differences,
): Promise<void> =>
  changingGenerations(pool, async (tx) => {
    await tx.query(
      `update projection_generations set state = 'compared', differences = $4, changed_at = now()
       where name = $1 and version = $2 and generation = $3 and state = 'comparing'`,
      [projection.name, projection.version, generation, JSON.stringify(differences)],
    )
    await dropTables(tx, projection, [generation])
  })
