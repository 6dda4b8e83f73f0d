import type { ClientBase, Pool } from 'pg'
import type { Position } from '../../eventstore/event-log.js'
import { inTransaction } from '../../postgres/transaction.js'
import { dropRelations } from './drop-relations.js'
import { BUILD_SCHEMA, SCHEMA } from './schemas.js'

/** Why a generation does not continue. */
export interface AnalyticsFailure {
  /** The event that could not be applied; null where the file itself is at fault. */
  position: Position | null
  stream: string | null
  eventType: string | null
  /** SQL state, error code or name. */
  code: string
  /** Null where the projection receives personal fields, which a message may repeat. */
  message: string | null
  file: string | null
  line: number | null
  /** ISO-8601 UTC. */
  at: string
}

/** One generation of a projection's tables. */
export interface GenerationRow {
  name: string
  /** 0: that of the file, which has not been read yet. */
  version: number
  generation: number
  /** Schema `analytics` holds the generation that analysts see. */
  isLive: boolean
  position: Position
  failure: AnalyticsFailure | null
}

const COLUMNS = `name, version, generation, schema = '${SCHEMA}' as "isLive", position, failure`

/** Those of one projection or of all, the live one first. */
export async function readGenerations(pool: Pool, name: string | null = null): Promise<GenerationRow[]> {
  const { rows } = await pool.query<GenerationRow>(
    `select ${COLUMNS} from analytics.checkpoints
     where ($1::text is null or name = $1) and not is_comparison order by name, "isLive" desc, generation`,
    [name],
  )
  return rows
}

/**
 * Begins another generation, empty, and drops one that was being built; the live one stays.
 * @returns its number
 */
export const beginGeneration = (
  pool: Pool,
  name: string,
  version: number,
  start: Position,
  isComparison = false,
): Promise<number> =>
  inTransaction(pool, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('parley/analytics'))`)
    await dropUnfinished(tx, name)
    const { rows } = await tx.query<{ generation: number }>(
      `with next as (
         insert into analytics.generations (name, last) values ($1, 1)
         on conflict (name) do update set last = generations.last + 1 returning last
       )
       insert into analytics.checkpoints (name, version, generation, schema, position, is_comparison)
       select $1, $2, last, $3, $4, $5 from next returning generation`,
      [name, version, BUILD_SCHEMA, start, isComparison],
    )
    return rows[0]?.generation ?? 0
  })

/** True where there was anything to drop. */
async function dropUnfinished(tx: ClientBase, name: string, generation: number | null = null): Promise<boolean> {
  const { rows } = await tx.query<{ generation: number; relations: string[] | null }>(
    `delete from analytics.checkpoints where name = $1 and schema = $2 and ($3::integer is null or generation = $3)
     returning generation, relations`,
    [name, BUILD_SCHEMA, generation],
  )
  for (const { relations } of rows) await dropRelations(tx, BUILD_SCHEMA, relations ?? [])
  return rows.length > 0
}

/** Drops what is being built, also for a comparison. False where nothing is. */
export const dropBuilding = (pool: Pool, name: string): Promise<boolean> =>
  inTransaction(pool, (tx) => dropUnfinished(tx, name))

/** Drops this generation, unless it is the live one. */
export const dropGeneration = (pool: Pool, name: string, generation: number): Promise<boolean> =>
  inTransaction(pool, (tx) => dropUnfinished(tx, name, generation))

/** What was asked for as "that of the file" is of this version. */
export async function setVersion(pool: Pool, name: string, version: number): Promise<void> {
  await pool.query('update analytics.checkpoints set version = $2 where name = $1 and version = 0', [name, version])
}

export async function recordFailure(
  pool: Pool,
  { name, generation }: Pick<GenerationRow, 'name' | 'generation'>,
  failure: AnalyticsFailure,
): Promise<void> {
  const text = 'update analytics.checkpoints set failure = $3 where name = $1 and generation = $2'
  await pool.query(text, [name, generation, JSON.stringify(failure)])
}

/** Lets every generation of the projection try again. False where none is paused. */
export async function clearFailures(pool: Pool, name: string): Promise<boolean> {
  const text = 'update analytics.checkpoints set failure = null where name = $1 and failure is not null'
  const { rowCount } = await pool.query(text, [name])
  return (rowCount ?? 0) > 0
}
