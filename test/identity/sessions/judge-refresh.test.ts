import { expect } from 'chai'
import fc from 'fast-check'
import {
  judgeRefresh,
  MAX_SESSION_MS,
  MAX_UNUSED_MS,
  REPEAT_MS,
  type RefreshVerdict,
} from '../../../src/identity/sessions/judge-refresh.js'

const now = new Date('2026-11-22T10:00:00.000Z')
const before = (ms: number): Date => new Date(now.getTime() - ms)
const session = { createdAt: before(1), revokedAt: null }

describe('judgeRefresh', () => {
  it('an unused token is accepted until it is 30 days old', () => {
    const judged = (age: number): RefreshVerdict =>
      judgeRefresh({ createdAt: before(age), usedAt: null }, { ...session, createdAt: before(age) }, false, now)
    expect([0, MAX_UNUSED_MS - 1, MAX_UNUSED_MS].map(judged)).to.deep.equal(['rotate', 'rotate', 'expired'])
  })

  it('a session expires after 90 days, even with a newer token', () => {
    const judged = (age: number): RefreshVerdict =>
      judgeRefresh({ createdAt: now, usedAt: null }, { ...session, createdAt: before(age) }, false, now)
    expect([MAX_SESSION_MS - 1, MAX_SESSION_MS].map(judged)).to.deep.equal(['rotate', 'expired'])
  })

  it('a used token is a repeat for 60 s while its successor of the same key is unused, otherwise a reuse', () => {
    const judged = (since: number, hasUnusedSuccessor: boolean): RefreshVerdict =>
      judgeRefresh({ createdAt: before(since), usedAt: before(since) }, session, hasUnusedSuccessor, now)
    expect([0, REPEAT_MS, REPEAT_MS + 1].map((since) => judged(since, true))).to.deep.equal([
      'repeat',
      'repeat',
      'reuse',
    ])
    expect(judged(0, false)).to.equal('reuse')
  })

  it('a clock that was set back does not extend the time for a repeat', () => {
    const judged = (ahead: number): RefreshVerdict =>
      judgeRefresh({ createdAt: now, usedAt: before(-ahead) }, session, true, now)
    expect([REPEAT_MS, REPEAT_MS + 1, 3_600_000].map(judged)).to.deep.equal(['repeat', 'reuse', 'reuse'])
  })

  it('a revoked session is expired for any token', () => {
    const dates = fc.date({ min: before(2 * MAX_SESSION_MS), max: now, noInvalidDate: true })
    fc.assert(
      fc.property(dates, fc.option(dates), dates, fc.boolean(), (createdAt, usedAt, revokedAt, has) => {
        const verdict = judgeRefresh({ createdAt, usedAt }, { createdAt, revokedAt }, has, now)
        expect(verdict).to.equal('expired')
      }),
    )
  })
})
