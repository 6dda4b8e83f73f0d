import type { Pool } from 'pg'
import type { Page } from '../../eventstore/event-log.js'
import type { ApplyTarget } from './apply-target.js'
import { createParameters } from './parameters.js'
import type { TableName } from './projection.js'

/**
 * Applies a page and moves the checkpoint in one statement, which is a transaction and a round trip. Null where the page needs `apply`, or
 * the checkpoint is not this writer's; else whether it moved.
 */
export async function applyAsStatement(
  pool: Pool,
  { projection, table, moveQuery }: ApplyTarget,
  { events, position }: Page,
): Promise<boolean | null> {
  const { values, parameter } = createParameters()
  const queries = events.length === 0 ? [] : await projection.pageQueries?.(events, table, parameter)
  if (queries == null) return null
  const move = moveQuery(position, parameter)
  if (move === null) return false
  const { rowCount } = await pool.query({
    name: nameOf(queries, projection.tables[0] ?? projection.name, table),
    text: `with ${[`moved as (${move} returning true)`, ...queries].join(', ')} select from moved`,
    values,
  })
  return rowCount === 1
}

const nameOf = (queries: readonly string[], first: string, table: TableName): string =>
  `${queries.length === 0 ? 'pass' : 'apply page to'} ${table(first)}`
