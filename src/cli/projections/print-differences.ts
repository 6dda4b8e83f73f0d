import type { Differences } from '../../postgres/compare-tables.js'
import { print } from '../output.js'

/** What a comparison of a projection with its rebuild found. */
export function printDifferences(name: string, differences: Differences): void {
  const tables = Object.entries(differences)
  if (tables.length === 0) print(`${name}: no row differs`)
  for (const [table, { count, rows }] of tables) {
    print(`${table}: ${count} rows differ`)
    for (const { key, fields } of rows)
      print(`  ${JSON.stringify(key)}: ${fields?.join(', ') ?? 'only in one of both'}`)
  }
}
