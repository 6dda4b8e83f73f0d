import type { Pool } from 'pg'
import type { Position } from '../../../eventstore/event-log.js'
import { compareTables, type Differences } from '../../../postgres/compare-tables.js'
import { inSnapshot } from '../../../postgres/transaction.js'
import { readCheckpoint } from '../checkpoint.js'
import { tableName } from '../projection.js'
import { isFor, type Build } from './build.js'
import { readBetween, type BuildLog } from './read-between.js'

const MAX_BETWEEN = 1_000

/** Null where the two generations do not hold the same events now: build on, and try again. */
export const compareGenerations = (pool: Pool, log: BuildLog, build: Build): Promise<Differences | null> =>
  inSnapshot(pool, async (tx) => {
    const { projection } = build
    const used = await readCheckpoint(tx, projection)
    if (used === null || !(await holdSameEvents(log, used.position, build))) return null
    const usedTable = tableName(projection, used.generation)
    const pairs = projection.tables.map((name) => ({ name, used: usedTable(name), rebuilt: build.target.table(name) }))
    return compareTables(tx, pairs)
  })

/** Checkpoints may differ by events that are not for their projection. */
async function holdSameEvents(log: BuildLog, used: Position, { position, projection }: Build): Promise<boolean> {
  const [from, to] = log.comparePositions(used, position) < 0 ? [used, position] : [position, used]
  const between = await readBetween(log, { from, to, max: MAX_BETWEEN })
  return between !== null && !between.events.some(isFor(projection))
}
