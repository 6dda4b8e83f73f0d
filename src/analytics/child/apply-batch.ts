import type { Client } from 'pg'
import type { ProjectionFile } from '../projection-file.js'
import type { Batch, BatchOutcome } from './protocol.js'
import { createSql } from './sql.js'

export interface Generation {
  name: string
  generation: number
}

/**
 * Applies a batch in one transaction with its checkpoint, which moves only from the position that the batch expects: whoever else has
 * applied it, a process that was believed dead included, each batch is applied once.
 */
export async function applyBatch(
  client: Client,
  { apply }: ProjectionFile,
  { name, generation }: Generation,
  { schema, from, to, events }: Batch,
): Promise<BatchOutcome> {
  await client.query(`begin; set local search_path to ${schema}`)
  const { rowCount } = await client.query(
    `update analytics_build.checkpoints set position = $4, failure = null
     where name = $1 and generation = $2 and position = $3 and schema = $5`,
    [name, generation, from, to, schema],
  )
  if (rowCount === 0) {
    await client.query('rollback')
    return 'moved'
  }
  if (events.length > 0) await apply([...events], createSql(client))
  const { command } = await client.query('commit')
  if (command !== 'COMMIT')
    throw new Error('a statement of apply failed after apply had returned: it must await each sql`…`')
  return 'applied'
}
