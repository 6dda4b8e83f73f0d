import { type ClientBase, escapeIdentifier, escapeLiteral } from 'pg'
import { BUILD_SCHEMA, SCHEMA } from '../database/schemas.js'

/** A row that the two builds do not have alike. Contents of fields are left out, but for those of the primary key. */
export interface RowDifference {
  table: string
  /** The primary key; null for a table without one, of which `rows` says how many rows differ. */
  key: Record<string, unknown> | null
  /** In which build the row is. */
  in: 'both' | 'live' | 'rebuilt'
  /** The fields that differ, where it is in both. */
  fields: string[]
  rows: number
}

const MAX_DIFFERENCES = 1_000

/** What differs between the tables that analysts see and those of the same name that were built beside them; at most 1,000 rows of each. */
export async function compareTables(tx: ClientBase, tables: readonly string[]): Promise<RowDifference[]> {
  const differences: RowDifference[] = []
  for (const table of tables) {
    const key = await readKey(tx, table)
    const found = key.length > 0 ? await compareByKey(tx, table, key) : await compareWhole(tx, table)
    differences.push(...found.map((difference) => ({ table, ...difference })))
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

type Difference = Omit<RowDifference, 'table'>

async function compareByKey(tx: ClientBase, table: string, key: readonly string[]): Promise<Difference[]> {
  const columns = key.map(escapeIdentifier)
  const keyObject = key.map((column) => `${escapeLiteral(column)}, ${escapeIdentifier(column)}`).join(', ')
  const { rows } = await tx.query<Difference>(`
    select jsonb_build_object(${keyObject}) as key, 1 as rows,
      case when rebuilt is null then 'live' when live is null then 'rebuilt' else 'both' end as in,
      case when live is null or rebuilt is null then '{}'::text[] else array(
        select field from jsonb_each(live) old (field, value) where rebuilt -> field is distinct from value order by field
      ) end as fields
    from (select ${columns.join(', ')}, to_jsonb(t) as live from ${nameIn(SCHEMA, table)} t) as live_rows
    full join (select ${columns.join(', ')}, to_jsonb(t) as rebuilt from ${nameIn(BUILD_SCHEMA, table)} t) as rebuilt_rows
      using (${columns.join(', ')})
    where live is distinct from rebuilt
    order by 1 limit ${MAX_DIFFERENCES}`)
  return rows
}

async function compareWhole(tx: ClientBase, table: string): Promise<Difference[]> {
  const [live, rebuilt] = [nameIn(SCHEMA, table), nameIn(BUILD_SCHEMA, table)]
  const rowsOf = (name: string): string => `select to_jsonb(t) from ${name} t`
  const { rows } = await tx.query<Pick<Difference, 'in' | 'rows'>>(`
    select 'live' as in, count(*)::integer as rows from (${rowsOf(live)} except all ${rowsOf(rebuilt)}) as only_live
    union all
    select 'rebuilt', count(*)::integer from (${rowsOf(rebuilt)} except all ${rowsOf(live)}) as only_rebuilt`)
  return rows.filter((row) => row.rows > 0).map((row) => ({ ...row, key: null, fields: [] }))
}

const nameIn = (schema: string, table: string): string => `${schema}.${escapeIdentifier(table)}`
