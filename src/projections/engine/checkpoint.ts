import type { ClientBase, Pool } from 'pg'
import type { Position } from '../../eventstore/event-log.js'
import { inTransaction } from '../../postgres/transaction.js'
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
 * True where the checkpoint stood at `expected` and now stands at `next`; the caller's transaction holds it until it ends. False for a
 * writer whose lease is over, whose generation was replaced, or which another one overtook.
 */
export async function moveCheckpoint(
  tx: ClientBase,
  { projection: { name, version }, generation }: { projection: ProjectionKey; generation: number },
  { expected, next, epoch }: { expected: Position; next: Position; epoch: number },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'move-checkpoint',
    text: `update projections set position = $4, failure = null
           where name = $1 and version = $2 and generation = $3 and position = $5 and not stopped
             and exists (select from projection_leases l where l.name = $1 and l.version = $2 and l.epoch = $6)`,
    values: [name, version, generation, next, expected, epoch],
  })
  return rowCount === 1
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
