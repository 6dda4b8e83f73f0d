import type { ClientBase, Pool } from 'pg'
import type { Position } from '../../eventstore/event-log.js'
import { inTransaction } from '../../postgres/transaction.js'
import { SCHEMA } from './schemas.js'

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
  /** Where its tables are. */
  schema: string
  /** Schema `analytics` holds the generation that analysts see. */
  isLive: boolean
  position: Position
  failure: AnalyticsFailure | null
  /** Since when it has been built without a pause, and from where. */
  buildingFor: number
  beganPosition: Position
}

const COLUMNS = `name, version, generation, schema, schema = '${SCHEMA}' as "isLive", position, failure,
  extract(epoch from now() - began_at)::float8 as "buildingFor", began_position as "beganPosition"`

/** Those of one projection or of all, the live one first. */
export async function readGenerations(pool: Pool, name: string | null = null): Promise<GenerationRow[]> {
  const { rows } = await pool.query<GenerationRow>(
    `select ${COLUMNS} from analytics_build.checkpoints
     where ($1::text is null or name = $1) and not is_comparison order by name, "isLive" desc, generation`,
    [name],
  )
  return rows
}

export interface NewGeneration {
  name: string
  version: number
  start: Position
  /** Only to be compared with the live one; false by default. */
  isComparison?: boolean
}

export interface BegunGeneration {
  generation: number
  /** Empty. */
  schema: string
}

/** Begins another generation, empty, and drops one that was being built; a comparison drops only an earlier one. The live one stays. */
export const beginGeneration = (
  pool: Pool,
  { name, version, start, isComparison = false }: NewGeneration,
): Promise<BegunGeneration> =>
  inTransaction(pool, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('parley/analytics'))`)
    await dropUnfinished(tx, name, isComparison ? 'is_comparison' : 'true')
    const { rows } = await tx.query<BegunGeneration>(
      `with next as (
         insert into analytics_build.generations (name, last) values ($1, 1)
         on conflict (name) do update set last = generations.last + 1 returning last
       )
       insert into analytics_build.checkpoints (name, version, generation, schema, position, began_position, is_comparison)
       select $1, $2, last, analytics_build.create_schema(nextval('analytics_build.builds')), $3, $3, $4 from next
       returning generation, schema`,
      [name, version, start, isComparison],
    )
    const [begun] = rows
    if (begun === undefined) throw new Error(`no generation of ${name} was begun`)
    return begun
  })

/** Drops what is not live and fulfils the condition. True where there was anything. */
export async function dropUnfinished(tx: ClientBase, name: string, condition: string): Promise<boolean> {
  const { rows } = await tx.query<{ schema: string }>(
    `delete from analytics_build.checkpoints where name = $1 and schema <> '${SCHEMA}' and ${condition} returning schema`,
    [name],
  )
  for (const { schema } of rows) await tx.query(`drop schema if exists ${schema} cascade`)
  return rows.length > 0
}

/** Drops what is being built, also for a comparison. False where nothing is. */
export const dropBuilding = (pool: Pool, name: string): Promise<boolean> =>
  inTransaction(pool, (tx) => dropUnfinished(tx, name, 'true'))

/** Drops this generation, unless it is the live one. */
export const dropGeneration = (pool: Pool, name: string, generation: number): Promise<boolean> =>
  inTransaction(pool, (tx) => dropUnfinished(tx, name, `generation = ${generation}`))

/** What was asked for as "that of the file" is of this version, which the file has now. */
export async function setVersion(pool: Pool, name: string, version: number): Promise<void> {
  await pool.query(
    `with file as (
       insert into analytics_build.files (name, version) values ($1, $2)
       on conflict (name) do update set version = excluded.version
     )
     update analytics_build.checkpoints set version = $2 where name = $1 and version = 0`,
    [name, version],
  )
}

export async function recordFailure(
  pool: Pool,
  { name, generation }: Pick<GenerationRow, 'name' | 'generation'>,
  failure: AnalyticsFailure,
): Promise<void> {
  const text = 'update analytics_build.checkpoints set failure = $3 where name = $1 and generation = $2'
  await pool.query(text, [name, generation, JSON.stringify(failure)])
}

/** Lets every generation of the projection try again. False where none is paused. */
export async function clearFailures(pool: Pool, name: string): Promise<boolean> {
  const text = `update analytics_build.checkpoints set failure = null, began_at = now(), began_position = position
                where name = $1 and failure is not null`
  const { rowCount } = await pool.query(text, [name])
  return (rowCount ?? 0) > 0
}
