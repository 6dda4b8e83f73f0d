import type { Pool } from 'pg'
import { inTransaction } from '../../postgres/transaction.js'
import { dropUnfinished } from './checkpoints.js'
import { dropRelations } from './drop-relations.js'
import { SCHEMA } from './schemas.js'

/** Forgotten with the projection; the numbers of its generations stay, since none is used twice. */
const FORGOTTEN = ['leases', 'stopped', 'files', 'comparisons']

/** Drops everything of a projection: the tables that analysts see, what is being built, and what is recorded of it. */
export const dropProjection = (pool: Pool, name: string): Promise<void> =>
  inTransaction(pool, async (tx) => {
    await dropUnfinished(tx, name, 'true')
    const { rows } = await tx.query<{ relations: string[] | null }>(
      'delete from analytics_build.checkpoints where name = $1 returning relations',
      [name],
    )
    for (const { relations } of rows) await dropRelations(tx, SCHEMA, relations ?? [])
    for (const table of FORGOTTEN) await tx.query(`delete from analytics_build.${table} where name = $1`, [name])
  })
