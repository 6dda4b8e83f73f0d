import type { ClientBase, Pool } from 'pg'
import { inDiscardedTransaction } from '../postgres/transaction.js'
import type { ApplyContext } from '../projections/conversations/part.js'
import { replayedParts } from '../projections/conversations/parts.js'
import type { TableName } from '../projections/engine/projection.js'

/** Each replay has tables of its own: they belong to its connection, and end with its transaction. */
export const replayTable =
  (name = ''): TableName =>
  (table) =>
    `replayed${name}_${table}`

/**
 * Does work in empty tables of the read model, made for it alone and gone afterwards. They are temporary tables, so that a long history
 * is on disk and never in memory.
 */
export const inReplayTables = <Result>(pool: Pool, work: (context: ApplyContext) => Promise<Result>): Promise<Result> =>
  inDiscardedTransaction(pool, async (tx) => {
    const table = replayTable()
    await makeReplayTables(tx, table)
    return work({ tx, table })
  })

/** Where `pg_temp` is the first schema of the search path, a table without a schema's name is a temporary one. */
export async function makeReplayTables(tx: ClientBase, table: TableName): Promise<void> {
  await tx.query(`set local search_path to pg_temp, public`)
  await tx.query(replayedParts.map(({ schema }) => schema(table)).join('\n'))
}
