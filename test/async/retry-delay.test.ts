import { expect } from 'chai'
import { retryDelay } from '../../src/async/retry-delay.js'
import { DatabaseUnavailableError } from '../../src/postgres/database-unavailable-error.js'
import { LogUnavailableError } from '../../src/eventstore/event-log.js'

describe('the pause before another attempt', () => {
  const pauses = (error?: unknown): number[] => [1, 2, 3, 4, 5, 10, 1_000].map((n) => retryDelay(n, 500, error))

  it('doubles up to half a minute', () => {
    expect(pauses()).to.deep.equal([500, 1_000, 2_000, 4_000, 8_000, 30_000, 30_000])
    expect(pauses(new Error('an event cannot be applied'))).to.deep.equal(pauses())
  })

  it('stays below the 3 s within which a database or a log that is back is used again', () => {
    for (const error of [
      new DatabaseUnavailableError(new Error('gone'), 'ECONNREFUSED'),
      new LogUnavailableError('gone', { cause: null }),
    ])
      expect(pauses(error)).to.deep.equal([500, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000])
  })
})
