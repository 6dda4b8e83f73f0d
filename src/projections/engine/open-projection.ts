import type { ClientBase, Pool } from 'pg'
import { type EventLog, type Position, UnknownPositionError } from '../../eventstore/event-log.js'
import { inTransaction } from '../../postgres/transaction.js'
import { readCheckpoint } from './checkpoint.js'
import { tableName, type Projection, type TableName } from './projection.js'

/** A projection whose tables are there. */
export interface OpenProjection {
  readonly projection: Projection
  /** The one whose tables queries use. */
  readonly generation: number
  /** Of that generation: whoever builds a statement asks for all its names at once. */
  readonly table: TableName
  /** From here on this process uses another generation. */
  useGeneration(generation: number): void
}

export function createOpenProjection(projection: Projection, first: number): OpenProjection {
  let generation = first
  let table = tableName(projection, first)
  return {
    projection,
    get generation() {
      return generation
    },
    get table() {
      return table
    },
    useGeneration(next) {
      generation = next
      table = tableName(projection, next)
    },
  }
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
export const openProjection = (
  pool: Pool,
  projection: Projection,
  log: Pick<EventLog, 'start' | 'comparePositions'>,
): Promise<OpenProjection> =>
  changingGenerations(pool, async (tx) => {
    const known = await readCheckpoint(tx, projection)
    if (known === null) return createOpenProjection(projection, await makeFirst(tx, projection, log.start))
    if (!isOfLog(log, known.position)) throw new ForeignCheckpointError(projection.name)
    await nameTables(tx, projection)
    return createOpenProjection(projection, known.generation)
  })

async function makeFirst(tx: ClientBase, projection: Projection, start: Position): Promise<number> {
  const generation = await nextGeneration(tx, projection)
  await tx.query(projection.schema(tableName(projection, generation)))
  await tx.query('insert into projections (name, version, generation, position, tables) values ($1, $2, $3, $4, $5)', [
    projection.name,
    projection.version,
    generation,
    start,
    projection.tables,
  ])
  return generation
}

/** Where a release before this one made the row. */
const nameTables = (tx: ClientBase, { name, version, tables }: Projection) =>
  tx.query('update projections set tables = $3 where name = $1 and version = $2 and tables is null', [
    name,
    version,
    tables,
  ])

/** Above all that there are, in use or not. */
export async function nextGeneration(tx: ClientBase, { name, version }: Projection): Promise<number> {
  const { rows } = await tx.query<{ next: number }>(
    `select coalesce(max(generation), 0) + 1 as next from (
       select generation from projections where name = $1 and version = $2
       union all select generation from projection_generations where name = $1 and version = $2) known`,
    [name, version],
  )
  return rows[0]?.next ?? 1
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

/** One process at a time makes, switches or drops generations. */
export const changingGenerations = <Result>(pool: Pool, work: (tx: ClientBase) => Promise<Result>): Promise<Result> =>
  inTransaction(pool, async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtext('parley projections'))")
    return work(tx)
  })
