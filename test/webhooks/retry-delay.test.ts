import { expect } from 'chai'
import { MAX_FAILURES, retryDelay } from '../../src/webhooks/retry-delay.js'

describe('the pauses between attempts', () => {
  const pauses = Array.from({ length: MAX_FAILURES - 1 }, (_, index) => retryDelay(index + 1))

  it('double, from five seconds up to six hours', () => {
    expect(pauses.slice(0, 4)).to.deep.equal([5, 10, 20, 40])
    expect(pauses.slice(-3)).to.deep.equal([10_240, 20_480, 21_600])
    expect(retryDelay(1_000)).to.equal(21_600)
  })

  it('end, where all fail, within 18 hours', () => {
    expect(pauses.reduce((sum, seconds) => sum + seconds) / 3_600).to.be.within(17, 18)
  })
})
