import { expect } from 'chai'
import { findLosses } from '../../bench/check.js'
import type { Line } from '../../bench/run-experiment.js'

/** Of these rounds; the first is their median. */
const line = (name: string, better: Line['better'], ratio: number, ...others: number[]) =>
  ({ name, better, ratio, spread: { from: Math.min(ratio, ...others), to: Math.max(ratio, ...others) } }) as Line

describe('The check of a benchmark', () => {
  const recorded = { lines: [line('send: rate', 'higher', 0.8), line('send: p50', 'lower', 1.5)] }

  it('reports a ratio under half of the recorded one in every round, in either direction', () => {
    const lines = [line('send: rate', 'higher', 0.3, 0.39), line('send: p50', 'lower', 3.2, 3.1)]
    expect(findLosses(lines, recorded)).to.deep.equal([
      'send: rate: the ratio is 0.39 at best, and was 0.80',
      'send: p50: the ratio is 3.10 at best, and was 1.50',
    ])
  })

  it('accepts less than twice as bad in one round, new lines, and 99th percentiles', () => {
    const lines = [
      line('send: rate', 'higher', 0.3, 0.41),
      line('send: p50', 'lower', 4, 2.9),
      line('send: p99', 'lower', 99),
      line('new: rate', 'higher', 0.01),
    ]
    expect(findLosses(lines, { lines: [...recorded.lines, line('send: p99', 'lower', 1)] })).to.deep.equal([])
  })

  it('refuses a run without recorded results', () => {
    expect(findLosses([line('other: rate', 'higher', 1)], recorded)).to.have.length(1)
  })
})
