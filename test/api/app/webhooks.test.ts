import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { moderationStream } from '../../../src/domain/streams.js'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

interface Webhook {
  id: string
  url: string | null
  events: string[]
  status: string
  secret?: string
  delivery?: object | null
}

const URL = 'https://hook.example/parley?room=1'

describe('webhooks of a chat', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser
  let club: Club

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
    bob = await parley.register('Bob')
    eve = await parley.register('Eve')
  })
  after(() => parley[Symbol.asyncDispose]())
  beforeEach(async () => {
    club = await createClub(parley, ada, [bob])
  })

  const create = (who = ada, body: object = { url: URL }, headers = {}): Promise<Answer> =>
    club.call(who, 'POST', '/webhooks', body, headers)
  const list = async (who = ada): Promise<Webhook[]> => (await club.call(who, 'GET', '/webhooks')).body as Webhook[]
  const remove = (id: string, who = ada): Promise<Answer> => club.call(who, 'DELETE', `/webhooks/${id}`)
  const codeOf = ({ body }: Answer): string => (body as { code: string }).code
  const recorded = async () => parley.app.core.log.readStream(moderationStream(club.id), { limit: 100 })

  it('an admin creates one and gets its secret; the log contains neither the secret nor the URL in clear text', async () => {
    const { status, body } = await create(ada, { url: URL, name: ' Build ', events: ['message_edited', 'new_message'] })
    const { id, secret, ...rest } = body as Webhook & { createdAt: string }
    expect(status).to.equal(201)
    expect(rest).to.deep.equal({
      direction: 'out',
      name: 'Build',
      url: URL,
      events: ['new_message', 'message_edited'],
      botId: null,
      createdBy: { id: ada.id, name: 'Ada', avatarUrl: null, isBot: false },
      createdAt: rest.createdAt,
      status: 'active',
      disabledWhy: null,
    })
    expect(secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const [event, ...more] = await recorded()
    expect(more).to.deep.equal([])
    expect(event).to.include({ type: 'WebhookCreated' })
    expect(event!.data + event!.metadata)
      .to.contain(id)
      .and.not.match(/hook\.example|Build|whsec/)
    expect(await club.eventTypes(), 'nobody else is told').to.deep.equal(['ChatCreated'])
  })

  it('every participant sees that it exists, only owners and admins its URL, and nobody its secret', async () => {
    const { secret: _, ...made } = (await create()).body as Webhook
    const [ofAda] = await list()
    expect(ofAda).to.deep.equal({ ...made, delivery: ofAda!.delivery })
    expect(await list(bob)).to.deep.equal([{ ...made, url: null, delivery: null }])
    expect(codeOf(await club.call(eve, 'GET', '/webhooks'))).to.equal('chat-not-found')
    const { headers } = await club.call(bob, 'GET', '/webhooks')
    expect(headers.get('parley-chat-version')).to.equal('1')
  })

  it('each has a secret of its own', async () => {
    const [one, other] = [(await create()).body as Webhook, (await create()).body as Webhook]
    expect(one.id).not.to.equal(other.id)
    expect(one.secret).not.to.equal(other.secret)
  })

  it('with an idempotency key it is created once, and a repeat returns the same secret, also after its deletion', async () => {
    const key = { 'idempotency-key': 'k1' }
    const first = await create(ada, { url: URL }, key)
    const again = await create(ada, { url: URL }, key)
    expect([again.status, again.body]).to.deep.equal([201, first.body])
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    expect(codeOf(await create(ada, { url: 'https://other.example/' }, key))).to.equal('idempotency-key-reused')
    const made = first.body as Webhook
    await remove(made.id)
    expect(await list()).to.deep.equal([])
    const later = await create(ada, { url: URL }, key)
    expect([later.status, later.body]).to.deep.equal([201, { ...made, url: null, status: 'deleted' }])
    expect(await recorded()).to.have.length(2)
  })

  it('is deleted by any admin, once', async () => {
    await club.call(ada, 'PATCH', `/participants/${bob.id}`, { role: 'admin' })
    const { id } = (await create()).body as Webhook
    expect((await remove(id, bob)).status).to.equal(204)
    expect(await list()).to.deep.equal([])
    expect(codeOf(await remove(id))).to.equal('webhook-not-found')
  })

  it('a member can neither create nor delete one, and an outsider gets 404 for the chat', async () => {
    const { id } = (await create()).body as Webhook
    for (const who of [bob, eve])
      for (const refused of [await create(who), await remove(id, who)])
        expect(codeOf(refused)).to.equal('not-authorized')
    expect(await recorded()).to.have.length(1)
  })

  it('a new admin can create one at once', async () => {
    expect(codeOf(await create(bob))).to.equal('not-authorized')
    const elsewhere = await parley.startNode()
    const path = `/chats/${club.id}/participants/${bob.id}`
    await elsewhere.call('PATCH', path, { token: ada.token, body: { role: 'admin' } })
    expect((await create(bob)).status).to.equal(201)
  })

  it('is refused in direct and archived chats', async () => {
    const direct = await createClub(parley, ada, [bob], { type: 'direct' })
    expect(codeOf(await direct.call(ada, 'POST', '/webhooks', { url: URL }))).to.equal('direct-chat')
    const { id } = (await create()).body as Webhook
    await club.call(ada, 'POST', '/archive')
    expect(codeOf(await create())).to.equal('chat-archived')
    expect((await remove(id)).status).to.equal(204)
  })

  it('a chat has at most 20', async () => {
    for (let count = 0; count < 20; count++) expect((await create()).status).to.equal(201)
    expect(codeOf(await create())).to.equal('too-many-webhooks')
    await remove((await list())[0]!.id)
    expect((await create()).status).to.equal(201)
  })

  for (const [what, body] of [
    ['no URL', {}],
    ['not a URL', { url: 'hook.example' }],
    ['another protocol', { url: 'ftp://hook.example/' }],
    ['another port', { url: 'https://hook.example:8443/' }],
    ['credentials', { url: 'https://me:secret@hook.example/' }],
    ['a long URL', { url: `https://hook.example/${'a'.repeat(2_048)}` }],
    ['an event that there is not', { url: URL, events: ['message_sent'] }],
    ['an unknown field', { url: URL, secret: 'mine' }],
  ] as const)
    it(`${what} is refused`, async () => {
      const answer = await create(ada, body)
      expect([answer.status, codeOf(answer)]).to.deep.equal([400, 'validation-failed'])
    })

  it('an unknown one is not found', async () => {
    expect(codeOf(await remove(randomUUID()))).to.equal('webhook-not-found')
  })
})
