import type { Target } from './experiment.js'
import type { Line } from './run-experiment.js'

const HEAD = ['line', 'ours', 'peer or limit', 'unit', 'ratio', 'spread', 'target', '']

/** For a terminal, columns below each other. */
export function formatTable(lines: readonly Line[]): string {
  const rows = [HEAD, ...lines.map(rowOf)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return rows.map(format).join('\n')
}

/** The same in Markdown. */
export function formatMarkdown(lines: readonly Line[]): string {
  const rule = HEAD.map((_, column) => (isNumber(column) ? '--:' : '---'))
  return [HEAD, rule, ...lines.map(rowOf)].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

const isNumber = (column: number): boolean => [1, 2, 4].includes(column)

const rowOf = (line: Line): string[] => [
  line.name,
  formatNumber(line.ours),
  `${formatNumber(line.theirs)} (${line.reference ?? line.against})`,
  line.unit,
  line.ratio.toFixed(2),
  `${line.spread.from.toFixed(2)}–${line.spread.to.toFixed(2)}`,
  formatTarget(line.target),
  line.isMet === null ? '' : line.isMet ? 'met' : 'missed',
]

const formatTarget = (target: Target | null): string => {
  if (target === null) return ''
  if ('oursAtLeast' in target) return `ours ≥ ${formatNumber(target.oursAtLeast)}`
  return 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
}

/** Three figures, thousands in groups. */
const formatNumber = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString()
