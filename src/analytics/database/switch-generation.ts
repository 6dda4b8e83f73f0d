import { type ClientBase, escapeIdentifier, type Pool } from 'pg'
import type { EventLog } from '../../eventstore/event-log.js'
import { inTransaction } from '../../postgres/transaction.js'
import type { GenerationRow } from './checkpoints.js'
import { dropRelations, kindsOf } from './drop-relations.js'
import { SCHEMA } from './schemas.js'
import { refuseTakenNames } from './taken-names.js'

interface Generation {
  generation: number
  schema: string
  position: string
  relations: string[] | null
}

/** `behind` also where the generation is gone, or is the live one already. `locked`: readers hold the old tables. */
export type SwitchOutcome = 'switched' | 'behind' | 'locked'

/** How long the switch may keep the readers of the old tables waiting; then it steps back, and is tried again. */
const LOCK_TIMEOUT = '200ms'

/** SQL state of a lock that was not had in time. */
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Replaces the live generation's tables by those of this one, in the transaction that proves that this one is not behind. Readers see all of
 * the old rows or all of the new ones.
 * @throws NameTakenError
 */
export async function switchGeneration(
  pool: Pool,
  { name, generation }: Pick<GenerationRow, 'name' | 'generation'>,
  comparePositions: EventLog['comparePositions'],
): Promise<SwitchOutcome> {
  try {
    return await inTransaction(pool, async (tx) => {
      await tx.query(`set local lock_timeout to '${LOCK_TIMEOUT}'`)
      const rows = await lockGenerations(tx, name)
      const next = rows.find((row) => row.generation === generation && row.schema !== SCHEMA)
      if (next === undefined) return 'behind'
      const live = rows.find(({ schema }) => schema === SCHEMA)
      if (live !== undefined && comparePositions(next.position, live.position) < 0) return 'behind'
      if (live !== undefined) await dropGeneration(tx, name, live)
      await refuseTakenNames(tx, next.schema, name)
      await moveRelations(tx, next)
      const text = 'update analytics_build.checkpoints set schema = $3 where name = $1 and generation = $2'
      await tx.query(text, [name, generation, SCHEMA])
      return 'switched'
    })
  } catch (error) {
    const { code, cause } = error as { code?: string; cause?: { code?: string } }
    if (code === LOCK_NOT_AVAILABLE || cause?.code === LOCK_NOT_AVAILABLE) return 'locked'
    throw error
  }
}

async function lockGenerations(tx: ClientBase, name: string): Promise<Generation[]> {
  const { rows } = await tx.query<Generation>(
    'select generation, schema, position, relations from analytics_build.checkpoints where name = $1 for update',
    [name],
  )
  return rows
}

async function dropGeneration(tx: ClientBase, name: string, { generation, relations }: Generation): Promise<void> {
  await dropRelations(tx, SCHEMA, relations ?? [])
  await tx.query('delete from analytics_build.checkpoints where name = $1 and generation = $2', [name, generation])
}

async function moveRelations(tx: ClientBase, { schema, relations }: Generation): Promise<void> {
  for (const [relation, kind] of await kindsOf(tx, schema, relations ?? []))
    await tx.query(`alter ${kind} ${schema}.${escapeIdentifier(relation)} set schema ${SCHEMA}`)
  await tx.query(`drop schema ${schema} cascade`)
}
