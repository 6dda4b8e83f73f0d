import type { ClientBase, Pool } from 'pg'
import type { Position } from '../../../eventstore/event-log.js'
import { inTransaction } from '../../../postgres/transaction.js'
import { applyIn } from '../apply-page.js'
import { isFor, type Build } from './build.js'
import { readBetween, type BuildLog } from './read-between.js'

/** So many events may be missing when the switch begins: the generation in use does not move while they are applied. */
const MAX_MISSING = 1_000

/**
 * Has queries use the generation that was built, in the transaction that proves it is not behind the one they used. False where it is too
 * far behind, or no longer this process's to build: nothing has changed then.
 */
export async function switchGeneration(pool: Pool, log: BuildLog, build: Build): Promise<boolean> {
  const switched = await inTransaction(pool, async (tx) => {
    const used = await lockUsed(tx, build)
    const from = build.position
    const missing = await readBetween(log, { from, to: used?.position ?? from, max: MAX_MISSING })
    if (missing === null) return null
    const events = missing.events.filter(isFor(build.projection))
    if (!(await applyIn(tx, build.target, { events, position: missing.position }))) return null
    await usePosition(tx, build, missing.position, used?.generation ?? null)
    return missing.position
  })
  if (switched === null) return false
  build.target.moved(switched)
  return true
}

/** Holds the row of the generation in use, so that its position stays. */
async function lockUsed(tx: ClientBase, { projection: { name, version } }: Build) {
  const { rows } = await tx.query<{ generation: number; position: Position }>(
    'select generation, position from projections where name = $1 and version = $2 for update',
    [name, version],
  )
  return rows[0] ?? null
}

async function usePosition(tx: ClientBase, build: Build, position: Position, replaced: number | null): Promise<void> {
  const { projection, generation } = build
  const key = [projection.name, projection.version]
  await tx.query('delete from projection_generations where name = $1 and version = $2 and generation = $3', [
    ...key,
    generation,
  ])
  await tx.query(
    `insert into projections (name, version, generation, position, tables) values ($1, $2, $3, $4, $5)
     on conflict (name, version) do update set generation = excluded.generation, position = excluded.position, failure = null`,
    [...key, generation, position, projection.tables],
  )
  if (replaced === null) return
  await tx.query(
    `insert into projection_generations (name, version, generation, state, position) values ($1, $2, $3, 'replaced', $4)`,
    [...key, replaced, position],
  )
}
