import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import type { EventLog } from '../../../src/eventstore/event-log.js'
import { moderationStream } from '../../../src/domain/streams.js'
import { eventually } from '../../support/eventually.js'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'
import { clubOf, createClub, type Club } from './club.js'

interface Ban {
  person: { id: string; name: string }
  by: { id: string; name: string }
  at: string
  reason: string | null
}

describe('bans', () => {
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser
  let club: Club

  before(async () => {
    parley = await startTestApp()
    ;[ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
  })
  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    club = await createClub(parley, ada, [bob], { joinPolicy: 'open' })
  })

  const bans = async (who = ada, query = ''): Promise<Ban[]> =>
    (await club.call(who, 'GET', `/bans${query}`)).body as Ban[]
  const reasonsIn = async (app = parley.app): Promise<number> =>
    (await app.core.log.readStream(moderationStream(club.id), { limit: 100 })).length
  const code = ({ body }: Answer): string => (body as { code: string }).code

  it('a banned user is removed, and the list has user, actor, time and reason', async () => {
    expect((await club.call(ada, 'PUT', `/bans/${bob.id}`, { reason: 'spam' })).status).to.equal(204)
    const [ban, ...more] = await bans()
    expect(more).to.deep.equal([])
    expect(ban).to.deep.include({ person: { id: bob.id, name: 'Bob', avatarUrl: null, isBot: false }, reason: 'spam' })
    expect(ban?.by).to.deep.equal({ id: ada.id, name: 'Ada', avatarUrl: null, isBot: false })
    expect(new Date(ban?.at ?? '').toISOString()).to.equal(ban?.at)
    expect(code(await club.call(bob, 'GET', ''))).to.equal('chat-not-found')
    expect((await club.call(ada, 'GET', '')).body).to.include({ participantCount: 1 })
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'ParticipantBanned'])
  })

  it('a banned user can neither join, nor use an invite, nor be added', async () => {
    const { body } = await club.call(ada, 'POST', '/invites', {})
    await club.call(ada, 'PUT', `/bans/${bob.id}`, {})
    expect(code(await club.call(bob, 'POST', '/join'))).to.equal('not-authorized')
    const invited = await parley.call('POST', `/invites/${(body as { code: string }).code}/join`, { token: bob.token })
    expect([invited.status, code(invited)]).to.deep.equal([404, 'invite-not-found'])
    const added = await club.call(ada, 'POST', '/participants', { userId: bob.id })
    expect([added.status, code(added)]).to.deep.equal([409, 'banned'])
  })

  it('a user who was never a member can be banned, and can join after the ban is lifted', async () => {
    expect((await club.call(ada, 'PUT', `/bans/${eve.id}`, {})).status).to.equal(204)
    expect((await bans()).map(({ person, reason }) => [person.id, reason])).to.deep.equal([[eve.id, null]])
    expect((await club.call(ada, 'GET', '')).body).to.include({ participantCount: 2 })
    expect((await club.call(ada, 'DELETE', `/bans/${eve.id}`)).status).to.equal(204)
    expect((await club.call(ada, 'DELETE', `/bans/${eve.id}`)).status).to.equal(204)
    expect(await bans()).to.deep.equal([])
    expect((await club.call(eve, 'POST', '/join')).status).to.equal(200)
  })

  it('an unknown user can be neither banned nor unbanned', async () => {
    for (const method of ['PUT', 'DELETE']) {
      const answer = await club.call(ada, method, `/bans/${randomUUID()}`, method === 'PUT' ? {} : undefined)
      expect([answer.status, code(answer)], method).to.deep.equal([404, 'user-not-found'])
    }
  })

  it('members can neither ban nor list bans', async () => {
    for (const [method, path, body] of [
      ['GET', '/bans', undefined],
      ['PUT', `/bans/${eve.id}`, { reason: 'because' }],
      ['DELETE', `/bans/${eve.id}`, undefined],
    ] as const)
      expect(code(await club.call(bob, method, path, body)), method).to.equal('not-authorized')
    expect(await reasonsIn()).to.equal(0)
  })

  it('are listed the latest first, page by page', async () => {
    await club.call(ada, 'PUT', `/bans/${bob.id}`, {})
    await club.call(ada, 'PUT', `/bans/${eve.id}`, {})
    const first = await club.call(ada, 'GET', '/bans?limit=1')
    expect((first.body as Ban[]).map(({ person }) => person.id)).to.deep.equal([eve.id])
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await parley.call('GET', next, { token: ada.token })
    expect((second.body as Ban[]).map(({ person }) => person.id)).to.deep.equal([bob.id])
    expect(second.headers.get('link')).to.equal(null)
    expect(second.headers.get('parley-chat-version')).to.equal('3')
  })

  it('a reason can be added later, and the last one counts; a new ban starts without one', async () => {
    await club.call(ada, 'PUT', `/bans/${bob.id}`, {})
    await club.call(ada, 'PUT', `/bans/${bob.id}`, { reason: 'spam' })
    await club.call(ada, 'PUT', `/bans/${bob.id}`, { reason: 'much spam' })
    expect((await bans())[0]?.reason).to.equal('much spam')
    await club.call(ada, 'DELETE', `/bans/${bob.id}`)
    await club.call(ada, 'PUT', `/bans/${bob.id}`, {})
    expect((await bans())[0]?.reason).to.equal(null)
  })

  it('with an idempotency key are applied once, and refused with another reason', async () => {
    const headers = { 'idempotency-key': 'ban-bob' }
    const ban = (body: object) => club.call(ada, 'PUT', `/bans/${bob.id}`, body, headers)
    expect((await ban({ reason: 'spam' })).status).to.equal(204)
    await club.call(ada, 'DELETE', `/bans/${bob.id}`)
    const again = await ban({ reason: 'spam' })
    expect([again.status, again.headers.get('idempotency-replayed')]).to.deep.equal([204, 'true'])
    expect(await bans()).to.deep.equal([])
    expect(await reasonsIn()).to.equal(1)
    for (const other of [{ reason: 'eggs' }, {}]) expect(code(await ban(other))).to.equal('idempotency-key-reused')
  })

  it('a repeat records the reason that was lost in a crash', async () => {
    let isDown = false
    const failing = (log: EventLog): EventLog => ({
      ...log,
      append: (stream, ...rest) =>
        isDown && stream === moderationStream(club.id)
          ? Promise.reject(new Error('the node is gone'))
          : log.append(stream, ...rest),
    })
    const node = await parley.startNode({ wrapLog: failing })
    const there = clubOf(node, club.id)
    const ban = () => there.call(ada, 'PUT', `/bans/${bob.id}`, { reason: 'spam' }, { 'idempotency-key': 'once' })
    isDown = true
    expect((await ban()).status).to.equal(500)
    await eventually(async () => expect((await bans()).map(({ reason }) => reason)).to.deep.equal([null]))
    isDown = false
    const repeated = await ban()
    expect(repeated.status).to.equal(204)
    const here = await club.call(ada, 'GET', '/bans', undefined, {
      'parley-position': repeated.headers.get('parley-position'),
    })
    expect((here.body as Ban[]).map(({ reason }) => reason)).to.deep.equal(['spam'])
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'ParticipantBanned'])
  })
})
