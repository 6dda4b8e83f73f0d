import type { ClientBase, Pool } from 'pg'
import type { Position } from '../../eventstore/event-log.js'
import { inTransaction } from '../../postgres/transaction.js'
import { createParameters, type AddParameter } from './parameters.js'
import type { ProjectionKey } from './projection.js'

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

/** The row of a projection: which generation of its tables queries use, and up to where these follow the log. */
export interface Checkpoint {
  generation: number
  position: Position
  failure: Failure | null
  /** By an operator or analyst. */
  stopped: boolean
}

export async function readCheckpoint(
  db: Pool | ClientBase,
  { name, version }: ProjectionKey,
): Promise<Checkpoint | null> {
  const { rows } = await db.query<Checkpoint>({
    name: 'read-checkpoint',
    text: 'select generation, position, failure, stopped from projections where name = $1 and version = $2',
    values: [name, version],
  })
  return rows[0] ?? null
}

/**
 * The update that moves the checkpoint from `expected` to `next`; its transaction holds the row until it ends. It updates nothing for a
 * writer whose lease is over, whose generation was replaced, or which another one overtook.
 */
export const moveQuery = (
  { projection: { name, version }, generation }: { projection: ProjectionKey; generation: number },
  { expected, next, epoch }: { expected: Position; next: Position; epoch: number },
  parameter: AddParameter,
): string => {
  const [named, versioned] = [parameter(name), parameter(version)]
  return `update projections set position = ${parameter(next)}, failure = null
    where name = ${named} and version = ${versioned} and generation = ${parameter(generation)} and position = ${parameter(expected)}
      and not stopped and exists (
        select from projection_leases l where l.name = ${named} and l.version = ${versioned} and l.epoch = ${parameter(epoch)})`
}

/** Whether the query, of which there is none where the checkpoint is not this writer's, moved it. */
export async function moveCheckpoint(
  tx: ClientBase,
  query: (parameter: AddParameter) => string | null,
): Promise<boolean> {
  const { values, parameter } = createParameters()
  const text = query(parameter)
  return text !== null && (await tx.query(text, values)).rowCount === 1
}

export async function recordFailure(pool: Pool, { name, version }: ProjectionKey, failure: Failure): Promise<void> {
  await pool.query('update projections set failure = $3 where name = $1 and version = $2', [
    name,
    version,
    JSON.stringify(failure),
  ])
}

/** Between a lost lease and its takeover, a batch of the former owner may still be open: its connection is ended. */
export const endStaleBatch = (
  pool: Pool,
  { name, version }: ProjectionKey,
  table: 'projections' | 'projection_generations',
  patienceMs = 500,
): Promise<void> =>
  inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
    const timer = setTimeout(() => {
      pool
        .query('select pg_terminate_backend(blocker) from unnest(pg_blocking_pids($1)) as blocker', [rows[0]?.pid])
        .catch(() => undefined) // the lock then fails by its own timeout
    }, patienceMs)
    try {
      await tx.query(`select from ${table} where name = $1 and version = $2 for update`, [name, version])
    } finally {
      clearTimeout(timer)
    }
  })
