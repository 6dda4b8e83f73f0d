import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import type { Registry } from 'prom-client'
import winston from 'winston'
import { observeRequests } from '../../src/api/observe-requests.js'
import { createMetrics } from '../../src/app/metrics.js'

export const metricsPage = fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url))

const BEGIN = '<!-- metrics: made by scripts/metrics-table.js -->'
const END = '<!-- end of metrics -->'

export interface DescribedMetric {
  name: string
  type: string
  help: string
  labels: readonly string[]
}

/** Parley's own metrics, without those that Node's client adds of the process. */
export function ownMetrics(): DescribedMetric[] {
  const { registry } = createMetrics()
  observeRequests({ accessLog: winston.createLogger({ silent: true }), registry, onAnswered: null })
  return describe(registry).filter(({ name }) => !/^(process|nodejs)_/.test(name))
}

const describe = (registry: Registry): DescribedMetric[] =>
  registry.getMetricsAsArray().map((metric) => {
    const { name, help, type } = metric
    const labelNames: unknown = 'labelNames' in metric ? metric.labelNames : []
    const labels = Array.isArray(labelNames) ? labelNames.map(String).filter((label) => label !== 'le') : []
    return { name, help, type: String(type), labels }
  })

/** docs/metrics.md with the table of metrics as the code has them. */
export async function formattedMetricsPage(): Promise<string> {
  const page = readFileSync(metricsPage, 'utf8')
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin === -1 || end < begin) throw new Error(`docs/metrics.md must hold ${BEGIN} and ${END}`)
  const whole = `${page.slice(0, begin)}${BEGIN}\n\n${metricsTable()}\n\n${page.slice(end)}`
  return format(whole, { ...(await resolveConfig(metricsPage)), filepath: metricsPage })
}

function metricsTable(): string {
  const rows = ownMetrics().map(
    ({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.join(', ') || '—'} | ${help} |`,
  )
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
