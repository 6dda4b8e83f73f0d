import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg'

/** Rows that differ, by table; tables without any are left out. Contents are left out but for those of primary keys. */
export type Differences = Record<string, TableDifferences>

export interface TableDifferences {
  /** Of rows that the two tables do not have alike. */
  count: number
  /** At most 100, and none of tables without a primary key. */
  rows: DifferentRow[]
}

export interface DifferentRow {
  /** The values of its primary key. */
  key: Record<string, unknown>
  /** Names of the fields that differ; null where only one of the two tables has the row. */
  fields: string[] | null
}

/** Two tables with the same columns, as SQL names them, and what they are called in the result. */
export interface TablePair {
  name: string
  used: string
  rebuilt: string
}

const MAX_NAMED = 100

/** Compares tables in use with those that were built beside them. */
export async function compareTables(tx: ClientBase, pairs: readonly TablePair[]): Promise<Differences> {
  const differences: Differences = {}
  for (const pair of pairs) {
    const key = await readKey(tx, pair.used)
    const found = key.length > 0 ? await compareByKey(tx, pair, key) : await compareWhole(tx, pair)
    if (found.count > 0) differences[pair.name] = found
  }
  return differences
}

async function readKey(tx: ClientBase, table: string): Promise<string[]> {
  const { rows } = await tx.query<{ column: string }>(
    `select attname as column from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
     where indisprimary and indrelid = $1::regclass order by array_position(indkey, attnum)`,
    [table],
  )
  return rows.map(({ column }) => column)
}

async function compareByKey(
  tx: ClientBase,
  { used, rebuilt }: TablePair,
  key: readonly string[],
): Promise<TableDifferences> {
  const columns = key.map(escapeIdentifier).join(', ')
  const keyObject = key.map((column) => `${escapeLiteral(column)}, ${escapeIdentifier(column)}`).join(', ')
  const { rows } = await tx.query<DifferentRow & { total: number }>(`
    select jsonb_build_object(${keyObject}) as key, (count(*) over ())::integer as total,
      case when used is null or rebuilt is null then null else array(
        select field from jsonb_each(used) old (field, value) where rebuilt -> field is distinct from value order by field
      ) end as fields
    from (select ${columns}, to_jsonb(t) as used from ${used} t) as used_rows
    full join (select ${columns}, to_jsonb(t) as rebuilt from ${rebuilt} t) as rebuilt_rows using (${columns})
    where used is distinct from rebuilt
    order by 1 limit ${MAX_NAMED}`)
  return { count: rows[0]?.total ?? 0, rows: rows.map(({ key: values, fields }) => ({ key: values, fields })) }
}

/** Without a key, a row that has changed is a row of both tables: it counts once. */
async function compareWhole(tx: ClientBase, pair: TablePair): Promise<TableDifferences> {
  const [used, rebuilt] = [pair.used, pair.rebuilt].map((table) => `select to_jsonb(t) from ${table} t`)
  const { rows } = await tx.query<{ count: number }>(`
    select greatest((select count(*) from (${used} except all ${rebuilt}) as only_used),
                    (select count(*) from (${rebuilt} except all ${used}) as only_rebuilt))::integer as count`)
  return { count: rows[0]?.count ?? 0, rows: [] }
}
