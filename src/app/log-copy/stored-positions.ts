import type { ClientBase, Pool } from 'pg'
import type { Position } from '../../eventstore/event-log.js'
import { inTransaction } from '../../postgres/transaction.js'
import { dropProjection } from '../../projections/engine/prune-versions.js'
import { LogCopyError } from './log-copy-error.js'

/** The columns of the main database that hold a position of the log, but for rows of read models. */
const COLUMNS = [
  { table: 'followers', column: 'position', besides: '' },
  { table: 'projections', column: 'position', besides: ', failure = null' },
  { table: 'projection_generations', column: 'position', besides: ', failure = null' },
] as const

/** Those of analysts' projections. */
export const ANALYTICS_COLUMNS = [
  { table: 'analytics_build.checkpoints', column: 'position', besides: ', failure = null' },
  { table: 'analytics_build.checkpoints', column: 'began_position', besides: '' },
] as const

type Columns = readonly { table: string; column: string; besides: string }[]

export async function readStoredPositions(
  db: Pool | ClientBase,
  logId: string,
  columns: Columns = COLUMNS,
): Promise<Position[]> {
  const selects = columns.map(({ table, column }) => `select ${column} as position from ${table}`)
  const { rows } = await db.query<{ position: Position }>(
    `select distinct position from (${selects.join(' union all ')}) stored where starts_with(position, $1 || '.')`,
    [logId],
  )
  return rows.map(({ position }) => position)
}

export async function translatePositions(
  tx: Pool | ClientBase,
  positions: ReadonlyMap<Position, Position>,
  columns: Columns = COLUMNS,
): Promise<void> {
  for (const { table, column, besides } of columns)
    await tx.query(
      `update ${table} t set ${column} = m.new${besides} from unnest($1::text[], $2::text[]) as m (old, new) where t.${column} = m.old`,
      [[...positions.keys()], [...positions.values()]],
    )
}

/**
 * Has everything in the main database that follows the log follow its copy, from the same event on. The audit trail shows
 * positions, so it is made again; snapshots are made again as they are needed.
 * @throws LogCopyError where a node has moved one of them meanwhile; then nothing is changed
 */
export const followCopy = (main: Pool, logId: string, positions: ReadonlyMap<Position, Position>): Promise<void> =>
  inTransaction(main, async (tx) => {
    await translatePositions(tx, positions)
    if ((await readStoredPositions(tx, logId)).length > 0)
      throw new LogCopyError('A node was running meanwhile: stop all of them, and run this again')
    await dropProjection(tx, 'audit_trail')
    await tx.query('delete from snapshots')
  })

/** The same followers, in the database of the copy. */
export async function copyFollowers(
  main: Pool,
  target: Pool,
  positions: ReadonlyMap<Position, Position>,
): Promise<void> {
  const { rows } = await main.query<{ name: string; position: Position }>('select name, position from followers')
  for (const { name, position } of rows)
    await target.query(
      `insert into followers (name, position) select $1, $2 where $2::text is not null
       on conflict (name) do update set position = excluded.position`,
      [name, positions.get(position) ?? null],
    )
}
