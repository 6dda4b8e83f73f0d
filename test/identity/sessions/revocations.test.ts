import { expect } from 'chai'
import type { Revocation } from '../../../src/domain/revocation.js'
import { createRevocations } from '../../../src/identity/sessions/revocations.js'
import { uuid } from '../../support/uuid.js'

const [ada, bob] = [uuid('ada'), uuid('bob')]
const token = { userId: ada, sessionId: uuid('session'), generation: 4 }
const noon = Date.parse('2026-11-22T12:00:00.000Z')
const at = new Date(noon).toISOString()

const session = (sessionId: string, when = at): Revocation => ({ kind: 'session', userId: ada, sessionId, at: when })
const account = (generation: number, isOver = false, userId: string = ada): Revocation => ({
  kind: 'account',
  userId,
  generation,
  isOver,
  at,
})

function setUp() {
  const time = { now: noon }
  const revocations = createRevocations({ clock: () => new Date(time.now), keepMs: 60_000 })
  return {
    time,
    revocations,
    after: (...noted: Revocation[]) => (noted.forEach(revocations.note), revocations.refusalOf(token)),
  }
}

describe('revocations in memory', () => {
  it('a token without a revocation is accepted', () => {
    expect(setUp().after()).to.equal(null)
  })

  it('end the named session and no other', () => {
    expect(setUp().after(session(uuid('another')))).to.equal(null)
    expect(setUp().after(session(token.sessionId))).to.deep.equal({ code: 'session-revoked' })
  })

  it('end tokens of a lower generation of that user, and no later ones', () => {
    expect(setUp().after(account(4))).to.equal(null)
    expect(setUp().after(account(5, false, bob))).to.equal(null)
    expect(setUp().after(account(5))).to.deep.equal({ code: 'token-revoked' })
  })

  it('answer session-revoked for a deactivated user, as a refresh would fail too', () => {
    expect(setUp().after(account(5, true))).to.deep.equal({ code: 'session-revoked' })
  })

  it('do not depend on time: one recorded by a slow clock counts as well', () => {
    const early = new Date(noon - 30_000).toISOString()
    expect(setUp().after(session(token.sessionId, early))).to.deep.equal({ code: 'session-revoked' })
  })

  it('are dropped once all tokens that they apply to have expired', () => {
    const { time, revocations, after } = setUp()
    after(session(token.sessionId), account(5))
    time.now += 60_001
    const later = new Date(time.now).toISOString()
    revocations.note(session(uuid('later'), later))
    expect(revocations.refusalOf(token)).to.deep.equal({ code: 'token-revoked' })
    revocations.note({ ...account(9, false, bob), at: later })
    expect(revocations.refusalOf(token)).to.equal(null)
    expect(revocations.refusalOf({ ...token, sessionId: uuid('later') })).to.deep.equal({ code: 'session-revoked' })
  })

  it('notify listeners with user and session', () => {
    const { revocations } = setUp()
    const received: string[] = []
    revocations.listen((userId) => received.push(userId))
    revocations.note(account(5, false, bob))
    revocations.note(session(token.sessionId))
    expect(received).to.deep.equal([bob, ada])
  })
})
