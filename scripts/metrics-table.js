// Writes the table of metrics in docs/metrics.md, from the code as `npm run build` built it.
import { writeFileSync } from 'node:fs'

const { metricsPage, formattedMetricsPage } = await import('../dist/test/docs/metrics-table.js')
writeFileSync(metricsPage, await formattedMetricsPage())
