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
  it('a token that nothing is known against has its force', () => {
    expect(setUp().after()).to.equal(null)
  })

  it('end the session that they name, and no other', () => {
    expect(setUp().after(session(uuid('another')))).to.equal(null)
    expect(setUp().after(session(token.sessionId))).to.deep.equal({ code: 'session-revoked' })
  })

  it('end what was issued under a lower generation, and nothing since, of that user', () => {
    expect(setUp().after(account(4))).to.equal(null)
    expect(setUp().after(account(5, false, bob))).to.equal(null)
    expect(setUp().after(account(5))).to.deep.equal({ code: 'token-revoked' })
  })

  it('say of a deactivated user that the session is over, for a refresh would be in vain', () => {
    expect(setUp().after(account(5, true))).to.deep.equal({ code: 'session-revoked' })
  })

  it('never go by time: one recorded by a clock that is behind counts as well', () => {
    const early = new Date(noon - 30_000).toISOString()
    expect(setUp().after(session(token.sessionId, early))).to.deep.equal({ code: 'session-revoked' })
  })

  it('are dropped once no token is left that they could be about, the others stay', () => {
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

  it('tell those who listen whose they are', () => {
    const { revocations } = setUp()
    const received: string[] = []
    revocations.listen((userId) => received.push(userId))
    revocations.note(account(5, false, bob))
    revocations.note(session(token.sessionId))
    expect(received).to.deep.equal([bob, ada])
  })
})
