import { type ClientBase, escapeIdentifier, type Pool } from 'pg'
import { inSnapshot } from '../postgres/transaction.js'
import { SCHEMA } from './database/schemas.js'

export type ExportFormat = 'csv' | 'ndjson'

export interface ExportOptions {
  format: ExportFormat
  /** Takes one part of the output, and resolves once it may have the next. */
  write(text: string): Promise<void>
}

const ROWS_AT_ONCE = 1_000

/** The tables and views that analysts see of a projection, by name. */
export async function readExportable(pool: Pool, name: string): Promise<string[]> {
  const { rows } = await pool.query<{ relation: string }>(
    `select relation from analytics_build.checkpoints, unnest(relations) relation where name = $1 and schema = $2 order by relation`,
    [name, SCHEMA],
  )
  return rows.map(({ relation }) => relation)
}

/**
 * Writes all rows of these tables, as they are at one moment. CSV is one table, with a line of column names; NDJSON is one object for each
 * row, or `{table, row}` where there are several tables.
 */
export const exportTables = (pool: Pool, tables: readonly string[], { format, write }: ExportOptions): Promise<void> =>
  inSnapshot(pool, async (tx) => {
    for (const table of tables) {
      const query =
        format === 'csv' ? `select * from ${quoted(table)}` : `select ${jsonOf(table, tables)} from ${quoted(table)} t`
      await streamRows(tx, query, async (rows, columns, isFirst) => {
        if (format === 'csv' && isFirst) await write(csvLine(columns))
        const lines = rows.map((row) => (format === 'csv' ? csvLine(row) : `${row[0] ?? ''}\n`))
        if (lines.length > 0) await write(lines.join(''))
      })
    }
  })

const quoted = (table: string): string => `${SCHEMA}.${escapeIdentifier(table)}`

const jsonOf = (table: string, tables: readonly string[]): string =>
  tables.length === 1
    ? 'row_to_json(t)::text'
    : `json_build_object('table', '${table.replaceAll("'", "''")}', 'row', t)::text`

type OnRows = (rows: (string | null)[][], columns: string[], isFirst: boolean) => Promise<void>

/** Values as Postgres writes them. */
async function streamRows(tx: ClientBase, query: string, onRows: OnRows): Promise<void> {
  await tx.query(`declare exported no scroll cursor for ${query}`)
  for (let isFirst = true, isLast = false; !isLast; isFirst = false) {
    const { rows, fields } = await tx.query<(string | null)[]>({
      text: `fetch ${ROWS_AT_ONCE} from exported`,
      rowMode: 'array',
      types: { getTypeParser: () => (value: string) => value },
    })
    isLast = rows.length < ROWS_AT_ONCE
    await onRows(
      rows,
      fields.map(({ name }) => name),
      isFirst,
    )
  }
  await tx.query('close exported')
}

/** RFC 4180: null is empty, an empty text is quoted. */
const csvLine = (values: readonly (string | null)[]): string =>
  `${values.map((value) => (value === null ? '' : csvValue(value))).join(',')}\r\n`

const csvValue = (value: string): string =>
  value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
