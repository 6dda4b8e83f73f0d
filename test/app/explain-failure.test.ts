import { expect } from 'chai'
import { explainFailure } from '../../src/app/explain-failure.js'
import { LogUnavailableError } from '../../src/eventstore/event-log.js'
import { DatabaseUnavailableError } from '../../src/postgres/database-unavailable-error.js'

describe('a command that fails half-way', () => {
  const unavailable = [
    new DatabaseUnavailableError(new Error('timeout exceeded when trying to connect'), 'no-connection'),
    new LogUnavailableError('EventStoreDB does not answer', { cause: null }),
  ]
  for (const error of unavailable)
    it(`says in one line that something is unavailable, and what to do: ${error.message}`, () => {
      expect(explainFailure(error)).to.deep.equal({
        text: `A database or the event log is unavailable (${error.message}): start it, or wait until it is less busy, then run this again`,
        exitCode: 1,
      })
    })

  it('shows the stack of what nobody expected', () => {
    expect(explainFailure(new TypeError('x is undefined')).text).to.match(/^TypeError: x is undefined\n +at /)
  })
})
