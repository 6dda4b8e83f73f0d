import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg'
import { BUILD_SCHEMA, SCHEMA } from '../database/schemas.js'

/** Rows that differ, by table; tables without any are left out. Contents are left out but for those of primary keys. */
export type Differences = Record<string, TableDifferences>

export interface TableDifferences {
  /** Of rows that the two builds do not have alike. */
  count: number
  /** At most 100, and none of a table without a primary key. */
  rows: DifferentRow[]
}

export interface DifferentRow {
  /** The values of its primary key. */
  key: Record<string, unknown>
  /** Names of the fields that differ; null where only one of the two builds has the row. */
  fields: string[] | null
}

const MAX_NAMED = 100

/** Compares the tables that analysts see with those of the same name that were built beside them. */
export async function compareTables(tx: ClientBase, tables: readonly string[]): Promise<Differences> {
  const differences: Differences = {}
  for (const table of tables) {
    const key = await readKey(tx, table)
    const found = key.length > 0 ? await compareByKey(tx, table, key) : await compareWhole(tx, table)
    if (found.count > 0) differences[table] = found
  }
  return differences
}

async function readKey(tx: ClientBase, table: string): Promise<string[]> {
  const { rows } = await tx.query<{ column: string }>(
    `select attname as column from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
     where indisprimary and indrelid = $1::regclass order by array_position(indkey, attnum)`,
    [nameIn(SCHEMA, table)],
  )
  return rows.map(({ column }) => column)
}

async function compareByKey(tx: ClientBase, table: string, key: readonly string[]): Promise<TableDifferences> {
  const columns = key.map(escapeIdentifier).join(', ')
  const keyObject = key.map((column) => `${escapeLiteral(column)}, ${escapeIdentifier(column)}`).join(', ')
  const { rows } = await tx.query<DifferentRow & { total: number }>(`
    select jsonb_build_object(${keyObject}) as key, (count(*) over ())::integer as total,
      case when live is null or rebuilt is null then null else array(
        select field from jsonb_each(live) old (field, value) where rebuilt -> field is distinct from value order by field
      ) end as fields
    from (select ${columns}, to_jsonb(t) as live from ${nameIn(SCHEMA, table)} t) as live_rows
    full join (select ${columns}, to_jsonb(t) as rebuilt from ${nameIn(BUILD_SCHEMA, table)} t) as rebuilt_rows
      using (${columns})
    where live is distinct from rebuilt
    order by 1 limit ${MAX_NAMED}`)
  return { count: rows[0]?.total ?? 0, rows: rows.map(({ key: values, fields }) => ({ key: values, fields })) }
}

async function compareWhole(tx: ClientBase, table: string): Promise<TableDifferences> {
  const [live, rebuilt] = [SCHEMA, BUILD_SCHEMA].map((schema) => `select to_jsonb(t) from ${nameIn(schema, table)} t`)
  const { rows } = await tx.query<{ count: number }>(`
    select ((select count(*) from (${live} except all ${rebuilt}) as only_live)
          + (select count(*) from (${rebuilt} except all ${live}) as only_rebuilt))::integer as count`)
  return { count: rows[0]?.count ?? 0, rows: [] }
}

const nameIn = (schema: string, table: string): string => `${schema}.${escapeIdentifier(table)}`
