import { expect } from 'chai'
import { randomBytes, randomUUID } from 'node:crypto'
import { parse } from 'uuid'
import { chatStream } from '../../../src/domain/streams.js'
import { startTestApp, type Answer, type Node, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

describe('invites to a chat', () => {
  let now = new Date('2026-05-01T12:00:00.000Z')
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser
  let club: Club

  before(async () => {
    parley = await startTestApp({ accessTokenSeconds: 900 }, { clock: () => now })
    ;[ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
  })
  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    club = await createClub(parley, ada, [])
  })

  const invite = async (body: object = {}, headers: object = {}) => {
    const answer = await club.call(ada, 'POST', '/invites', body, headers)
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return { ...(answer.body as { code: string; url: string }), headers: answer.headers }
  }
  const join = (
    who: TestUser,
    code: string,
    headers: object = {},
    node: Pick<Node, 'call'> = parley,
  ): Promise<Answer> => node.call('POST', `/invites/${code}/join`, { token: who.token, headers })
  const refused = ({ status, body }: Answer) => {
    const { instance: _, ...problem } = body as { instance: string; code: string }
    return { status, problem }
  }

  it('a user with the code joins, once, and the link leads to the client', async () => {
    const { code, url } = await invite()
    expect(url).to.equal(`https://chat.example.com/join#invite=${code}`)
    expect(Buffer.from(code, 'base64url')).to.have.length(32)
    expect(Buffer.from(code, 'base64url').subarray(0, 16)).to.deep.equal(Buffer.from(parse(club.id)))
    const joined = await join(bob, code)
    expect(joined.status).to.equal(200)
    expect(joined.body).to.include({ id: club.id, myRole: 'member', participantCount: 2 })
    expect((await join(bob, code)).status).to.equal(200)
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'InviteCreated', 'ParticipantJoined'])
  })

  it('the log contains neither the code nor its secret', async () => {
    const { code } = await invite()
    await join(bob, code)
    const events = await parley.app.core.log.readStream(chatStream(club.id), { limit: 10 })
    const secret = Buffer.from(code, 'base64url').subarray(16)
    for (const text of [code, secret.toString('base64url'), secret.toString('hex'), secret.toString('base64')])
      expect(events.map(({ data, metadata }) => data + metadata).join()).not.to.contain(text)
  })

  it('a repeat with the same idempotency key returns the same code at any time, another key a new one', async () => {
    const body = { expiresInSeconds: 60, maxUses: 3 }
    const first = await invite(body, { 'idempotency-key': 'one' })
    now = new Date(now.getTime() + 1_000)
    const again = await invite(body, { 'idempotency-key': 'one' })
    expect([again.code, again.headers.get('idempotency-replayed')]).to.deep.equal([first.code, 'true'])
    expect((await invite(body, { 'idempotency-key': 'two' })).code).not.to.equal(first.code)
    expect((await invite(body)).code).not.to.equal((await invite(body)).code)
    const other = await club.call(ada, 'POST', '/invites', { maxUses: 4 }, { 'idempotency-key': 'one' })
    expect(other.body).to.include({ status: 422, code: 'idempotency-key-reused' })
  })

  it('a join repeated with its key has the same answer later', async () => {
    const { code } = await invite({ expiresInSeconds: 60 })
    expect((await join(bob, code, { 'idempotency-key': 'in' })).status).to.equal(200)
    now = new Date(now.getTime() + 61_000)
    const again = await join(bob, code, { 'idempotency-key': 'in' })
    expect([again.status, again.headers.get('idempotency-replayed')]).to.deep.equal([200, 'true'])
  })

  it('wrong, unknown and ended codes get the same answer', async () => {
    const [used, over, revoked, fresh] = [
      await invite({ maxUses: 1 }),
      await invite({ expiresInSeconds: 60 }),
      await invite(),
      await invite({ expiresInSeconds: 3_600 }),
    ]
    await join(bob, used.code)
    now = new Date(now.getTime() + 60_000)
    expect((await club.call(ada, 'DELETE', `/invites/${revoked.code}`)).status).to.equal(204)
    expect((await club.call(ada, 'DELETE', `/invites/${revoked.code}`)).status).to.equal(204)
    const codeOf = (chatId: string) => Buffer.concat([parse(chatId), randomBytes(16)]).toString('base64url')
    const wrong = [
      used.code,
      over.code,
      revoked.code,
      codeOf(club.id),
      codeOf(randomUUID()),
      'no code',
      `${fresh.code}=`,
    ]
    const answers = await Promise.all(wrong.map(async (code) => refused(await join(eve, encodeURIComponent(code)))))
    for (const answer of answers) expect(answer).to.deep.equal(answers[0])
    expect(answers[0]).to.deep.include({ status: 404 })
    expect(answers[0]?.problem.code).to.equal('invite-not-found')
    expect((await join(eve, fresh.code)).status).to.equal(200)
  })

  it('only owners and admins create and revoke them, and only in their own chat', async () => {
    const { code } = await invite()
    await join(bob, code)
    for (const who of [bob, eve])
      for (const [method, path, body] of [
        ['POST', '/invites', {}],
        ['DELETE', `/invites/${code}`, undefined],
      ] as const)
        expect((await club.call(who, method, path, body)).body).to.include({ status: 403, code: 'not-authorized' })
    const others = await createClub(parley, bob, [])
    expect((await others.call(bob, 'DELETE', `/invites/${code}`)).status).to.equal(204)
    expect((await join(eve, code)).status).to.equal(200)
  })

  it('bounds are checked', async () => {
    for (const body of [
      { maxUses: 0 },
      { expiresInSeconds: 0 },
      { expiresInSeconds: 1e9 },
      { maxUses: 1.5 },
      { uses: 1 },
    ])
      expect((await club.call(ada, 'POST', '/invites', body)).status, JSON.stringify(body)).to.equal(400)
  })

  it('of two concurrent joins on two nodes with an invite of one use, one succeeds', async () => {
    const node = await parley.startNode({ clock: () => now })
    for (let round = 0; round < 5; round++) {
      club = await createClub(parley, ada, [])
      const { code } = await invite({ maxUses: 1 })
      const answers = await Promise.all([join(bob, code), join(eve, code, {}, node)])
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 404])
      expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'InviteCreated', 'ParticipantJoined'])
    }
  })
})
