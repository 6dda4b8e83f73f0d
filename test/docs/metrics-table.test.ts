import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { formattedMetricsPage, metricsPage } from './metrics-table.js'

describe('the table of metrics in docs/metrics.md', () => {
  it('lists every metric as the code has it; `npm run docs:metrics` writes it', async () => {
    expect(readFileSync(metricsPage, 'utf8')).to.equal(await formattedMetricsPage())
  })
})
