import { expect } from 'chai'
import { createOutage } from '../../../src/async/outage.js'
import type { Revocation } from '../../../src/domain/revocation.js'
import { createRevocations } from '../../../src/identity/sessions/revocations.js'
import {
  createSessionCheck,
  type Confirmation,
  type SessionCheckDeps,
} from '../../../src/identity/sessions/session-check.js'
import { recordedReport } from '../../support/recorded-report.js'
import { uuid } from '../../support/uuid.js'

const token = { userId: uuid('ada'), sessionId: uuid('session'), generation: 0 }
const at = '2026-11-22T12:00:00.000Z'
const revoked: Revocation = { kind: 'session', userId: token.userId, sessionId: token.sessionId, at }

/** A node whose confirmation and database the test speaks for. */
function setUp(given: { renew?: (node: { fresh: boolean; now: number }) => { head: string } | null } = {}) {
  const node = { fresh: true, now: 0, renewals: 0, lookUps: 0 }
  const revocations = createRevocations({ clock: () => new Date(at), keepMs: 60_000 })
  const confirmation: Confirmation = {
    isFresh: () => node.fresh,
    renew: () => {
      node.renewals++
      return Promise.resolve(given.renew?.(node) ?? null)
    },
    isStale: (since) => node.now - since > 2_000,
    now: () => node.now,
  }
  const report = recordedReport()
  const outage = createOutage('session-check', report)
  const gateWith = (lookUp: SessionCheckDeps['lookUp']) =>
    createSessionCheck({
      revocations,
      confirmation,
      outage,
      lookUp: (...call) => {
        node.lookUps++
        return lookUp(...call)
      },
    })
  return { node, revocations, gateWith, report }
}

const nothingKnown = (): Promise<Revocation[]> => Promise.resolve([])
const head = { head: 'log.7' }

describe('the check of sessions', () => {
  it('asks nobody while the node is up to date, and answers in the same tick', () => {
    const { node, revocations, gateWith } = setUp()
    const sessionCheck = gateWith(nothingKnown)
    expect(sessionCheck(token)).to.equal(null)
    revocations.note(revoked)
    expect(sessionCheck(token)).to.deep.equal({ code: 'session-revoked' })
    expect(node).to.include({ renewals: 0, lookUps: 0 })
  })

  it('refuses what is known to be revoked also where the node is not up to date', () => {
    const { node, revocations, gateWith } = setUp()
    revocations.note(revoked)
    node.fresh = false
    expect(gateWith(nothingKnown)(token)).to.deep.equal({ code: 'session-revoked' })
  })

  it('of a node that is behind asks for the head first, and goes by what was noted on the way', async () => {
    const { node, revocations, gateWith } = setUp({
      renew: (behind) => {
        revocations.note(revoked)
        behind.fresh = true
        return head
      },
    })
    node.fresh = false
    expect(await gateWith(nothingKnown)(token)).to.deep.equal({ code: 'session-revoked' })
    expect(node.lookUps).to.equal(0)
  })

  it('looks the session up in the database where the node does not get there, up to the head it has read', async () => {
    const { node, gateWith } = setUp({ renew: () => head })
    node.fresh = false
    expect(await gateWith(nothingKnown)(token)).to.equal(null)
    const asked: string[] = []
    const sessionCheck = gateWith((_, upTo) => Promise.resolve(asked.push(upTo) > 0 ? [revoked] : []))
    expect(await sessionCheck(token)).to.deep.equal({ code: 'session-revoked' })
    expect(asked).to.deep.equal(['log.7'])
  })

  it('lets nobody in where the log does not answer, the database does not, or it does not reach so far', async () => {
    const away = setUp()
    away.node.fresh = false
    expect(await away.gateWith(nothingKnown)(token)).to.deep.equal({ code: 'revocation-unknown' })
    expect(away.node.lookUps).to.equal(0)
    const { node, gateWith } = setUp({ renew: () => head })
    node.fresh = false
    for (const lookUp of [() => Promise.resolve(null), () => Promise.reject(new Error('away'))])
      expect(await gateWith(lookUp)(token)).to.deep.equal({ code: 'revocation-unknown' })
  })

  it('reports once why the database could not be asked', async () => {
    const { node, gateWith, report } = setUp({ renew: () => head })
    node.fresh = false
    const sessionCheck = gateWith(() => Promise.reject(new Error('away')))
    await sessionCheck(token)
    await sessionCheck(token)
    expect(report.lines).to.deep.equal(['session-check failed: away'])
  })

  it('does not go by an answer that the process was stopped over', async () => {
    const { node, gateWith } = setUp({ renew: () => head })
    node.fresh = false
    let looks = 0
    const sessionCheck = gateWith(() => {
      looks++
      if (looks > 1) return Promise.resolve([revoked])
      node.now += 10_000 // stopped after the database had answered, before we received it
      return Promise.resolve([])
    })
    expect(await sessionCheck(token)).to.deep.equal({ code: 'session-revoked' })
  })
})
