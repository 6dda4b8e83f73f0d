import type { ClientBase, Pool } from 'pg'
import type { Position } from '../../../eventstore/event-log.js'
import { inSnapshot } from '../../../postgres/transaction.js'
import { readCheckpoint } from '../checkpoint.js'
import type { DifferentRow, Differences } from '../generations.js'
import { tableName, type TableName } from '../projection.js'
import { isFor, type Build } from './build.js'
import { readBetween, type BuildLog } from './read-between.js'

/** So many rows of a table are named; all are counted. */
const MAX_NAMED = 100
const MAX_BETWEEN = 1_000

/** Null where the two generations do not hold the same events now: build on, and try again. */
export const compareGenerations = (pool: Pool, log: BuildLog, build: Build): Promise<Differences | null> =>
  inSnapshot(pool, async (tx) => {
    const { projection } = build
    const used = await readCheckpoint(tx, projection)
    if (used === null || !(await holdSameEvents(log, used.position, build))) return null
    const differences: Differences = {}
    for (const name of projection.tables) {
      const found = await compareTable(tx, name, tableName(projection, used.generation), build.target.table)
      if (found.count > 0) differences[name] = found
    }
    return differences
  })

/** Checkpoints may differ by events that are not for their projection. */
async function holdSameEvents(log: BuildLog, used: Position, { position, projection }: Build): Promise<boolean> {
  const [from, to] = log.comparePositions(used, position) < 0 ? [used, position] : [position, used]
  const between = await readBetween(log, { from, to, max: MAX_BETWEEN })
  return between !== null && !between.events.some(isFor(projection))
}

interface Compared {
  key: Record<string, unknown>
  fields: string[] | null
  total: string
}

async function compareTable(tx: ClientBase, name: string, used: TableName, built: TableName) {
  const key = await keyOf(tx, used(name))
  const on = key.map((column) => `a.${column} = b.${column}`).join(' and ')
  const keyJson = key.map((column) => `'${column}', coalesce(a.${column}, b.${column})`).join(', ')
  const { rows } = await tx.query<Compared>(
    `select jsonb_build_object(${keyJson}) as key, count(*) over () as total,
       case when a is null or b is null then null else (
         select array_agg(x.key order by x.key) from jsonb_each(to_jsonb(a)) x
         where x.value is distinct from to_jsonb(b) -> x.key) end as fields
     from ${used(name)} a full join ${built(name)} b on ${on}
     where to_jsonb(a) is distinct from to_jsonb(b) limit ${MAX_NAMED}`,
  )
  const named = rows.map(({ key: values, fields }): DifferentRow => ({ key: values, fields }))
  return { count: Number(rows[0]?.total ?? 0), rows: named }
}

/** The columns of its primary key; all columns where it has none. */
async function keyOf(tx: ClientBase, table: string): Promise<string[]> {
  const { rows } = await tx.query<{ column: string; is_key: boolean }>(
    `select quote_ident(a.attname) as column, coalesce(a.attnum = any(i.indkey), false) as is_key
     from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [table],
  )
  const key = rows.filter(({ is_key }) => is_key)
  return (key.length > 0 ? key : rows).map(({ column }) => column)
}
