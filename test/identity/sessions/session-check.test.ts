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
  it('answers from memory in the same tick while the node is up to date', () => {
    const { node, revocations, gateWith } = setUp()
    const sessionCheck = gateWith(nothingKnown)
    expect(sessionCheck(token)).to.equal(null)
    revocations.note(revoked)
    expect(sessionCheck(token)).to.deep.equal({ code: 'session-revoked' })
    expect(node).to.include({ renewals: 0, lookUps: 0 })
  })

  it('refuses what is known to be revoked also while the node is behind', () => {
    const { node, revocations, gateWith } = setUp()
    revocations.note(revoked)
    node.fresh = false
    expect(gateWith(nothingKnown)(token)).to.deep.equal({ code: 'session-revoked' })
  })

  it('of a node that is behind reads the head first, and uses revocations received meanwhile', async () => {
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

  it('reads the session from the database where the node does not catch up with that head', async () => {
    const { node, gateWith } = setUp({ renew: () => head })
    node.fresh = false
    expect(await gateWith(nothingKnown)(token)).to.equal(null)
    const asked: string[] = []
    const sessionCheck = gateWith((_, upTo) => Promise.resolve(asked.push(upTo) > 0 ? [revoked] : []))
    expect(await sessionCheck(token)).to.deep.equal({ code: 'session-revoked' })
    expect(asked).to.deep.equal(['log.7'])
  })

  it('answers 503 where log or database do not answer, or the database is behind', async () => {
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

  it('ignores an answer from before the process was suspended', async () => {
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
