import { expect } from 'chai'
import { noFailures, onFailure } from '../../support/failure-report.js'
import type { RolesChange } from '../../../src/domain/roles/roles.js'
import type { EventLog } from '../../../src/eventstore/event-log.js'
import { rebuild } from '../../support/rebuild.js'
import { openProjection, type OpenProjection } from '../../../src/projections/engine/open-projection.js'
import {
  createRevocationQueries,
  createRevocationsProjection,
  type RevocationQueries,
} from '../../../src/projections/revocations/revocations.js'
import { followRevocations } from '../../../src/projections/revocations/follow-revocations.js'
import { eventually } from '../../support/eventually.js'
import { uuid } from '../../support/uuid.js'
import { alice, bob, openReadSide, type ReadSide } from '../read-side.js'

const [phone, laptop] = [uuid('phone'), uuid('laptop')]
const long = new Date(0)

describe('the read model of revocations', () => {
  let read: ReadSide
  let open: OpenProjection
  let queries: RevocationQueries

  beforeEach(async () => {
    read = await openReadSide()
    const { side } = read
    open = await read.open(createRevocationsProjection(side.reader))
    queries = createRevocationQueries(side.pool, open, side)
  })

  afterEach(() => read[Symbol.asyncDispose]())

  const revoke = (userId: string, sessionId: string) =>
    read.run('revokeSession', { userId, sessionId, reason: 'logout' }, userId)
  const changeRoles = (userId: string, change: RolesChange) => read.runAsSystem('changeRoles', { userId, change })
  const grant = (userId: string) => changeRoles(userId, { grant: 'auditor' })

  /** Alice's phone and Bob's roles, between events that revoke nothing. */
  async function revokeSome(): Promise<void> {
    await read.run('openSession', { userId: alice, sessionId: phone }, alice)
    await revoke(alice, phone)
    await grant(bob)
    await read.createGroup([bob])
  }

  const brief = async (): Promise<string[]> =>
    (await queries.load(long)).revocations.map((it) =>
      it.kind === 'session' ? it.sessionId : `${it.userId} ${it.generation}`,
    )

  it('holds them with the position up to which they are complete, in the order in which they were recorded', async () => {
    await revokeSome()
    await read.caughtUp(await read.start({ open }))
    expect(await brief()).to.deep.equal([phone, `${bob} 1`])
    await changeRoles(bob, { withdraw: 'auditor' })
    await eventually(async () => {
      expect(await brief()).to.deep.equal([phone, `${bob} 2`])
    })
  })

  it('gives none that are older than asked for, and the position also where there is none', async () => {
    await revokeSome()
    await read.caughtUp(await read.start({ open }))
    const { revocations, checkpoint } = await queries.load(new Date(Date.now() + 60_000))
    expect(revocations).to.deep.equal([])
    expect(read.side.log.comparePositions(checkpoint, read.side.log.start)).to.be.greaterThan(0)
  })

  it('a rebuild gives the same rows', async () => {
    await revokeSome()
    const first = await read.start({ open })
    await read.caughtUp(first)
    await revoke(bob, laptop)
    await read.caughtUp(first)
    const before = await read.dump(open)
    await first[Symbol.asyncDispose]()
    await rebuild(read.side, open.projection)
    const again = await openProjection(read.side.pool, open.projection, read.side.log)
    await read.caughtUp(await read.start({ open: again }))
    expect(await read.dump(again)).to.deep.equal(before)
    expect(before['revocations']).to.have.length(3)
  })

  it('is complete up to the head that is asked for, also where no runner has brought it there', async () => {
    await revokeSome()
    const head = await read.side.log.head()
    const [found, ...more] = (await queries.lookUp({ userId: alice, sessionId: phone }, head)) ?? []
    expect(found).to.deep.include({ kind: 'session', userId: alice, sessionId: phone })
    expect(more.map(({ userId }) => userId)).to.deep.equal([bob]) // of the gap, everyone's
  })

  it('tells that it does not know, where the log does not give what lies up to the head', async () => {
    await revokeSome()
    const { log } = read.side
    const head = await log.head()
    const cutOff = Object.assign(Object.create(log) as EventLog, {
      readAll: (after: string) => Promise.resolve({ events: [], position: after }),
    })
    const blind = createRevocationQueries(read.side.pool, open, { ...read.side, log: cutOff })
    expect(await blind.lookUp({ userId: alice, sessionId: phone }, head)).to.equal(null)
  })

  it('and the follower that goes on where it was loaded: none is missed, and none is read in vain', async () => {
    await revokeSome()
    await read.caughtUp(await read.start({ open }))
    const { checkpoint } = await queries.load(long)
    await revoke(bob, laptop)
    const noted: string[] = []
    const { log, reader } = read.side
    await using follower = followRevocations({
      log,
      reader,
      after: checkpoint,
      note: (revocation) => noted.push(revocation.userId),
      report: noFailures,
    })
    expect(await follower.progress.reached(await log.head(), { timeoutMs: 30_000 })).to.equal(true)
    expect(noted).to.deep.equal([bob])
  })

  it('a revocation of a later release stops the follower there, and it says so once', async () => {
    const { log, reader } = read.side
    const failures: unknown[] = []
    await using follower = followRevocations({
      log,
      reader,
      after: await log.head(),
      note: () => undefined,
      report: onFailure((error) => failures.push(error)),
      retryMs: 1,
    })
    const metadata = JSON.stringify({ schemaVersion: 99, at: new Date().toISOString() })
    const before = follower.progress.position
    await log.append('roles', 0, [{ id: uuid('later'), type: 'RolesChanged', data: '{}', metadata }])
    await eventually(() => expect(failures).to.have.length(1))
    expect(await follower.progress.reached(await log.head(), { timeoutMs: 50 })).to.equal(false)
    expect(follower.progress.position).to.equal(before)
    expect((failures[0] as Error).name).to.equal('NewerEventError')
    expect(failures).to.have.length(1)
  })
})
