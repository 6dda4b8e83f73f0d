import type { ClientBase, Pool } from 'pg'
import { type EventLog, type Position, UnknownPositionError } from '../../eventstore/event-log.js'
import { inTransaction } from '../../postgres/transaction.js'
import { tableName, type Projection, type TableName } from './projection.js'

/** Where a projection pauses, and why. */
export interface Failure {
  position: Position
  stream: string
  eventType: string
  /** The error's name or SQL state. */
  code: string
  /** ISO-8601 UTC. */
  at: string
}

export interface Checkpoint {
  generation: number
  position: Position
  failure: Failure | null
}

/** A projection whose tables are there. */
export interface OpenProjection {
  projection: Projection
  generation: number
  table: TableName
}

const KEY = ({ name, version }: Projection) => [name, version] as const

export async function readCheckpoint(db: Pool | ClientBase, projection: Projection): Promise<Checkpoint | null> {
  const { rows } = await db.query<Checkpoint>({
    name: 'read-checkpoint',
    text: 'select generation, position, failure from projections where name = $1 and version = $2',
    values: [...KEY(projection)],
  })
  return rows[0] ?? null
}

/** The read models were made from another log than the one in use. */
export class ForeignCheckpointError extends Error {
  override readonly name = 'ForeignCheckpointError'
  constructor(projection: string) {
    super(
      `the read models in DATABASE_URL follow another event log (projection ${projection}); name the log they were made from, or an empty database`,
    )
  }
}

/**
 * Makes the projection's tables and checkpoint where they are not there yet; safe from several processes at once.
 * @throws ForeignCheckpointError
 */
export async function openProjection(
  pool: Pool,
  projection: Projection,
  log: Pick<EventLog, 'start' | 'comparePositions'>,
): Promise<OpenProjection> {
  const generation = await inLockedTransaction(pool, async (tx) => {
    const known = await readCheckpoint(tx, projection)
    if (known !== null) {
      if (!isOfLog(log, known.position)) throw new ForeignCheckpointError(projection.name)
      return known.generation
    }
    await makeGeneration(tx, projection, 1, log.start)
    return 1
  })
  return { projection, generation, table: tableName(projection, generation) }
}

function isOfLog(
  { start, comparePositions }: Pick<EventLog, 'start' | 'comparePositions'>,
  position: Position,
): boolean {
  try {
    return comparePositions(start, position) <= 0
  } catch (error) {
    if (error instanceof UnknownPositionError) return false
    throw error
  }
}

/** Drops the projection's tables and makes them again, empty, to be followed from the start. Nobody else may be using them. */
export async function resetProjection(pool: Pool, projection: Projection, start: Position): Promise<void> {
  await inLockedTransaction(pool, async (tx) => {
    const generation = (await readCheckpoint(tx, projection))?.generation ?? 0
    const old = projection.tables.map(tableName(projection, generation))
    await tx.query(`drop table if exists ${old.join(', ')}`)
    await tx.query('delete from projections where name = $1 and version = $2', [...KEY(projection)])
    await makeGeneration(tx, projection, generation + 1, start)
  })
}

async function makeGeneration(tx: ClientBase, projection: Projection, generation: number, start: Position) {
  await tx.query(projection.schema(tableName(projection, generation)))
  await tx.query('insert into projections (name, version, generation, position) values ($1, $2, $3, $4)', [
    ...KEY(projection),
    generation,
    start,
  ])
}

/** True where the checkpoint stood at `expected` and now stands at `next`; the caller's transaction holds it until it ends. */
export async function moveCheckpoint(
  tx: ClientBase,
  { projection, generation }: OpenProjection,
  expected: Position,
  next: Position,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'move-checkpoint',
    text: `update projections set position = $4, failure = null
           where name = $1 and version = $2 and generation = $3 and position = $5`,
    values: [...KEY(projection), generation, next, expected],
  })
  return rowCount === 1
}

export async function recordFailure(pool: Pool, { projection }: OpenProjection, failure: Failure): Promise<void> {
  await pool.query('update projections set failure = $3 where name = $1 and version = $2', [
    ...KEY(projection),
    JSON.stringify(failure),
  ])
}

async function inLockedTransaction<Result>(pool: Pool, work: (tx: ClientBase) => Promise<Result>): Promise<Result> {
  return inTransaction(pool, async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtext('parley projections'))")
    return work(tx)
  })
}
