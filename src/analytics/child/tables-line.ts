import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The error of a statement in `tables`, with the line of the file where Postgres found it as its stack. */
export function readTablesLine(error: unknown, tables: string, url: string): unknown {
  if (!(error instanceof Error)) return error
  const source = readFileSync(fileURLToPath(url), 'utf8')
  const begin = source.indexOf(tables)
  const offset = Number((error as { position?: string }).position ?? 1) - 1
  const lines = source.slice(0, Math.max(0, begin) + offset).split('\n').length
  error.stack = `${error.message}\n    at ${url}:${lines}`
  return error
}
