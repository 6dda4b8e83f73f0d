import { expect } from 'chai'
import { createSharedOutage } from '../../src/async/shared-outage.js'
import { recordedReport } from '../support/recorded-report.js'

describe('An outage that several operations share', () => {
  it('is reported once, and ends when the last of them succeeds', () => {
    const report = recordedReport()
    const outage = createSharedOutage('reads', report)
    const [first, second] = [outage.part(), outage.part()]
    first.failed(new Error('away'))
    second.failed(new Error('away'))
    first.failed(new Error('still away'))
    first.succeeded()
    expect(report.lines).to.deep.equal(['reads failed: away'])
    second.succeeded()
    expect(report.lines).to.deep.equal(['reads failed: away', 'reads recovered'])
  })

  it('does not end because a failing operation was given up, and does not wait for it either', () => {
    const report = recordedReport()
    const outage = createSharedOutage('reads', report)
    const [first, second] = [outage.part(), outage.part()]
    first.failed(new Error('away'))
    first.end()
    expect(report.lines).to.deep.equal(['reads failed: away'])
    second.succeeded()
    expect(report.lines).to.deep.equal(['reads failed: away', 'reads recovered'])
  })
})
