import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { ProjectionPausedError } from '../../src/analytics/running/failure-of.js'
import { createFailureReport, FAILURE_TITLES, titleOf } from '../../src/app/failure-report.js'
import { createMetrics } from '../../src/app/metrics.js'

describe('the report of failures of followers', () => {
  it('is one log line and one metric for the beginning and the end of an outage', async () => {
    const lines: string[] = []
    const log = (level: string) => (message: string) => lines.push(`${level} ${message}`)
    const logger = { error: log('error'), warn: log('warn') }
    const metrics = createMetrics()
    const report = createFailureReport(logger, metrics)
    const failing = async (): Promise<number | undefined> => (await metrics.followerFailing.get()).values[0]?.value

    report.onFailure('realtime', new Error('no database'))
    expect(await failing()).to.equal(1)
    report.onRecovery('realtime')
    expect(await failing()).to.equal(0)
    expect((await metrics.followerFailures.get()).values[0]).to.deep.include({
      value: 1,
      labels: { follower: 'realtime' },
    })
    expect(lines).to.deep.equal(['error Realtime delivery failed; retrying', 'warn Realtime delivery works again'])
  })

  it("says of an analyst's projection that it is paused, since it is not tried again by itself", () => {
    const lines: string[] = []
    const log = (message: string, { cause }: { cause?: string }) => lines.push(`${message}: ${cause ?? ''}`)
    const failure = {
      position: null,
      stream: null,
      eventType: null,
      code: 'Error',
      message: 'no',
      file: 'x.mjs',
      line: 3,
      at: '',
    }
    const report = createFailureReport({ error: log, warn: log }, createMetrics())
    report.onFailure('projection-x', new ProjectionPausedError(failure))
    expect(lines).to.deep.equal(['Projection x is paused: paused: Error no (x.mjs:3)'])
  })

  it('names projections by their own name', () => {
    expect(titleOf('projection-conversations')).to.equal('Projection conversations')
  })

  it('has a name in the metrics that the operators’ page explains', async () => {
    const page = await readFile('docs/operations.md', 'utf8')
    const rows = page.split('\n').filter((line) => line.startsWith('| `'))
    for (const name of Object.keys(FAILURE_TITLES))
      expect(
        rows.some((row) => row.split('|')[1]?.includes(`\`${name}\``)),
        name,
      ).to.equal(true)
  })
})
