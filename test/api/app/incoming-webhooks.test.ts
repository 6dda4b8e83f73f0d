import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { v5 as uuidv5 } from 'uuid'
import { moderationStream } from '../../../src/domain/streams.js'
import { startTestApp, type Answer, type Node, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

interface Made {
  id: string
  url: string
  botId: string
}

const ORIGIN = 'https://chat.example.com'
const codeOf = ({ body }: Answer): unknown => (body as { code?: string }).code
const inForm = { 'content-type': 'application/x-www-form-urlencoded' }

describe('incoming webhooks', () => {
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let admin: TestUser
  let club: Club

  before(async () => {
    parley = await startTestApp({ rateLimitMessagesPerMinute: 3, blockedWords: ['heck'], blockedWordsPolicy: 'refuse' })
    bob = await parley.register('Bob')
    admin = await parley.withRoles('admin', 'admin')
  })
  after(() => parley[Symbol.asyncDispose]())
  beforeEach(async () => {
    ada = await parley.register('Ada') // all webhooks of a user share one quota
    club = await createClub(parley, ada, [bob])
  })

  const create = (who = ada, name = 'Build', headers = {}): Promise<Answer> =>
    club.call(who, 'POST', '/webhooks', { direction: 'in', name }, headers)

  async function made(who = ada): Promise<Made> {
    const { status, body } = await create(who)
    expect(status).to.equal(201)
    return body as Made
  }

  const pathOf = ({ url }: Made): string => url.slice(ORIGIN.length)
  const send = (webhook: Made, body: unknown, headers = {}, node: Pick<Node, 'call'> = parley): Promise<Answer> =>
    node.call('POST', pathOf(webhook), { body, headers })
  /** All that is said by now, whoever said it. */
  async function said(): Promise<{ content: string; sender: object }[]> {
    const headers = { 'parley-position': await parley.app.core.log.head() }
    return (await club.call(ada, 'GET', '/messages', undefined, headers)).body as { content: string; sender: object }[]
  }
  const makeAdmin = (who: TestUser): Promise<Answer> =>
    club.call(ada, 'PATCH', `/participants/${who.id}`, { role: 'admin' })

  async function isRefused(webhook: Made, text = 'no_service', status = 404): Promise<void> {
    const before = await club.eventTypes()
    const answer = await send(webhook, { text: 'hello' })
    expect([answer.status, answer.body]).to.deep.equal([status, text])
    expect(answer.headers.get('content-type')).to.equal('text/plain; charset=utf-8')
    expect(await club.eventTypes()).to.deep.equal(before)
  }

  it('an admin creates one and gets its URL once; its bot of the same name becomes a member', async () => {
    const { status, body } = await create()
    const { id, url, botId, createdAt, ...rest } = body as Made & { createdAt: string }
    expect(status).to.equal(201)
    expect(rest).to.deep.equal({
      direction: 'in',
      name: 'Build',
      events: null,
      createdBy: { id: ada.id, name: 'Ada', avatarUrl: null, isBot: false },
      status: 'active',
      disabledWhy: null,
    })
    const secret = url.slice(`${ORIGIN}/hooks/${id}/`.length)
    expect(url).to.equal(`${ORIGIN}/hooks/${id}/${secret}`)
    expect(secret).to.match(/^[\w-]{43}$/)
    const { body: people } = await club.call(bob, 'GET', '/participants')
    const bot = (people as { id: string; name: string; role: string }[]).find((user) => user.id === botId)
    expect(bot).to.include({ name: 'Build', role: 'member' })

    const { body: listed } = await club.call(ada, 'GET', '/webhooks')
    expect(listed).to.have.length(1)
    expect((listed as Made[])[0]).to.include({ id, url: null, botId })
    expect(createdAt).to.be.a('string')
    const events = await parley.app.core.log.readAll(parley.app.core.log.start, 10_000)
    expect(JSON.stringify(events)).to.include(id).and.not.include(secret)
  })

  it('accepts payloads in the format of Slack, as JSON or as a form, and answers in the same way', async () => {
    const webhook = await made()
    const payload = JSON.stringify({ text: '*green* <https://a.example/|build>', username: 'ci', icon_emoji: ':ok:' })
    const asJson = await send(webhook, payload)
    expect([asJson.status, asJson.body]).to.deep.equal([200, 'ok'])
    expect(asJson.headers.get('content-type')).to.equal('text/plain; charset=utf-8')
    const asForm = await send(webhook, new URLSearchParams({ payload }).toString(), inForm)
    expect([asForm.status, asForm.body]).to.deep.equal([200, 'ok'])
    // as curl sends it where nobody names a type
    const untold = await send(webhook, payload, inForm)
    expect(untold.status).to.equal(200)
    const messages = await said()
    expect(messages.map(({ content }) => content)).to.deep.equal(
      Array.from({ length: 3 }, () => '**green** [build](https://a.example/)'),
    )
    expect(messages[0]!.sender).to.deep.equal({ id: webhook.botId, name: 'Build', avatarUrl: null, isBot: true })
  })

  for (const [what, body, status, text, headers] of [
    ['nothing', '', 400, 'invalid_payload'],
    ['no JSON', '{"text":', 400, 'invalid_payload'],
    ['a form without payload', 'text=hello', 400, 'invalid_payload', inForm],
    ['JSON nested too deep', `{"text":"a","x":${'['.repeat(40)}${']'.repeat(40)}}`, 400, 'invalid_payload'],
    ['nothing but control characters', { text: '\u0007\u001b[0m' }, 400, 'no_text'],
    ['no text', { text: '  ' }, 400, 'no_text'],
    ['too long a text', { text: 'a'.repeat(40_001) }, 400, 'msg_too_long'],
    ['a word that is not allowed in a later part', { text: `${'a '.repeat(6_000)} heck` }, 403, 'action_prohibited'],
    ['a word that is not allowed', { text: 'what the heck' }, 403, 'action_prohibited'],
  ] as const)
    it(`${what} is refused as ${text}`, async () => {
      const answer = await send(await made(), body, headers)
      expect([answer.status, answer.body]).to.deep.equal([status, text])
      expect(await said()).to.deep.equal([])
    })

  it('control characters and colours are removed', async () => {
    const answer = await send(await made(), { text: 'a\u0007\u001b[31mb\u001b[0m\r\nc' })
    expect(answer.status).to.equal(200)
    expect((await said()).map(({ content }) => content)).to.deep.equal(['ab\nc'])
  })

  it('a long text becomes several messages, in order, by one command in one append', async () => {
    const webhook = await made()
    const key = { 'idempotency-key': 'long' }
    const lines = Array.from({ length: 2_500 }, (_, index) => `line ${index}`)
    expect((await send(webhook, { text: lines.join('\n') }, key)).status).to.equal(200)
    const messages = await said()
    expect(messages.length).to.equal(3)
    expect(messages.flatMap(({ content }) => content.split('\n'))).to.deep.equal(lines)
    const sent = (await parley.app.core.log.readStream(`chat-${club.id}`, { limit: 100 })).filter(
      ({ type }) => type === 'MessageSent',
    )
    const commandIds = sent.map(({ metadata }) => (JSON.parse(metadata) as { commandId: string }).commandId)
    expect(new Set(commandIds).size).to.equal(1)
    const [, second, third] = messages as unknown as { id: string }[]
    expect([second!.id, third!.id]).to.deep.equal(['1', '2'].map((n) => uuidv5(n, commandIds[0]!)))

    const again = await send(webhook, { text: lines.join('\n') }, key)
    expect([again.status, again.headers.get('idempotency-replayed')]).to.deep.equal([200, 'true'])
    expect(codeOf(await send(webhook, { text: lines.slice(0, -1).join('\n') }, key))).to.equal('idempotency-key-reused')
    expect(await said()).to.have.length(3)
  })

  it('a long text counts for all its messages in the limit, or for none where refused', async () => {
    const webhook = await made()
    expect((await send(webhook, { text: 'one' })).status).to.equal(200)
    expect((await send(webhook, { text: 'a'.repeat(25_000) })).body).to.equal('rate_limited')
    expect((await send(webhook, { text: 'a'.repeat(15_000) })).status).to.equal(200)
    expect((await send(webhook, { text: 'two' })).body).to.equal('rate_limited')
    expect(await said()).to.have.length(3)
  })

  it('other content types are refused, and no other route accepts forms', async () => {
    const webhook = await made()
    expect(codeOf(await send(webhook, '<x/>', { 'content-type': 'text/xml' }))).to.equal('not-json')
    expect(codeOf(await club.call(ada, 'POST', '/messages', 'content=hello', inForm))).to.equal('not-json')
    expect(codeOf(await send(webhook, `{"text":"${'a'.repeat(300_000)}"}`))).to.equal('body-too-large')
  })

  it('a wrong secret gets the answer of an unknown webhook, and is a security event', async () => {
    const webhook = await made()
    const refused = async (): Promise<string> => {
      const { body } = await parley.call('GET', '/metrics')
      return /^security_events_total{type="token-refused"} \d+$/m.exec(body as string)![0]
    }
    const before = await refused()
    const other = await made()
    for (const secret of [randomBytes(32).toString('base64url'), pathOf(other).split('/').at(-1)!, 'short', '%00'])
      await isRefused({ ...webhook, url: `${ORIGIN}/hooks/${webhook.id}/${secret}` })
    expect(await refused()).to.not.equal(before)
    // that of one that leads out is no secret of one that leads in
    const { body } = await club.call(ada, 'POST', '/webhooks', { url: 'https://hook.example/' })
    const { id, secret } = body as { id: string; secret: string }
    const asIs = secret.replace('whsec_', '')
    for (const form of [secret, asIs, Buffer.from(asIs, 'base64').toString('base64url')])
      await isRefused({ ...webhook, url: `${ORIGIN}/hooks/${id}/${encodeURIComponent(form)}` })
  })

  it('a message with an idempotency key can be repeated safely', async () => {
    const webhook = await made()
    const key = { 'idempotency-key': 'run-7' }
    expect((await send(webhook, { text: 'one' }, key)).status).to.equal(200)
    const again = await send(webhook, { text: 'one' }, key)
    expect([again.status, again.body]).to.deep.equal([200, 'ok'])
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    expect(codeOf(await send(webhook, { text: 'two' }, key))).to.equal('idempotency-key-reused')
    expect(await said()).to.have.length(1)
  })

  it('shares a message limit with all webhooks of its creator', async () => {
    const [one, other] = [await made(), await made()]
    for (let count = 0; count < 3; count++) expect((await send(one, { text: 'hello' })).status).to.equal(200)
    const answer = await send(one, { text: 'hello' })
    expect([answer.status, answer.body]).to.deep.equal([429, 'rate_limited'])
    expect(Number(answer.headers.get('retry-after'))).to.be.within(1, 60)
    expect((await send(other, { text: 'hello' })).status).to.equal(429)
  })

  it('with an idempotency key it is created once, also after a crash in between; a repeat returns the same URL', async () => {
    const key = { 'idempotency-key': 'k1' }
    const first = await create(ada, 'Build', key)
    const again = await create(ada, 'Build', key)
    expect([again.status, again.body]).to.deep.equal([201, first.body])
    expect(codeOf(await create(ada, 'Other', key))).to.equal('idempotency-key-reused')
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'ParticipantAdded'])

    const half = await parley.app.core.run(
      'createWebhook',
      { chatId: club.id, direction: 'in', name: 'Half', url: null, events: null },
      { userId: ada.id, origin: 'rest', correlationId: ada.id, key: { value: 'k2' }, client: null },
    )
    expect(half.kind).to.equal('done')
    const { body } = await create(ada, 'Half', { 'idempotency-key': 'k2' })
    expect((await send(body as Made, { text: 'hello' })).status).to.equal(200)
  })

  it('is refused to members, in direct and archived chats, and nothing is recorded', async () => {
    expect(codeOf(await create(bob))).to.equal('not-authorized')
    const direct = await createClub(parley, ada, [bob], { type: 'direct' })
    const body = { direction: 'in', name: 'Build' }
    expect(codeOf(await direct.call(ada, 'POST', '/webhooks', body))).to.equal('direct-chat')
    await club.call(ada, 'POST', '/archive')
    expect(codeOf(await create())).to.equal('chat-archived')
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'ChatArchived'])
    expect(await parley.app.core.log.readStream(moderationStream(club.id), { limit: 10 })).to.deep.equal([])
    for (const wrong of [{ direction: 'in' }, { ...body, url: 'https://a.example/' }, { ...body, direction: 'up' }])
      expect(codeOf(await club.call(ada, 'POST', '/webhooks', wrong))).to.equal('validation-failed')
  })

  it('sends nothing to an archived chat', async () => {
    const webhook = await made()
    await club.call(ada, 'POST', '/archive')
    await isRefused(webhook, 'channel_is_archived', 410)
  })

  for (const [what, end] of [
    ['it is deleted', (webhook: Made) => club.call(ada, 'DELETE', `/webhooks/${webhook.id}`)],
    ['its bot is removed', (webhook: Made) => club.call(ada, 'DELETE', `/participants/${webhook.botId}`)],
    ['its creator is no admin any more', () => club.call(ada, 'PATCH', `/participants/${bob.id}`, { role: 'member' })],
    ['its creator has left', () => club.call(bob, 'POST', '/leave')],
  ] as const)
    it(`stops when ${what}, on every node at once`, async () => {
      await makeAdmin(bob)
      const webhook = await made(bob)
      const node = await parley.startNode()
      expect((await send(webhook, { text: 'hello' }, {}, node)).status).to.equal(200)
      expect((await end(webhook)).status).to.be.oneOf([200, 204])
      await isRefused(webhook)
      expect((await send(webhook, { text: 'hello' }, {}, node)).body).to.equal('no_service')
    })

  it('stops when it is disabled', async () => {
    const webhook = await made()
    await parley.app.core.runAsSystem('disableWebhook', { chatId: club.id, webhookId: webhook.id, reason: 'creator' })
    await isRefused(webhook)
  })

  for (const whose of ['creator', 'bot'] as const)
    it(`stops when its ${whose} is deactivated`, async () => {
      const eve = await parley.register('Eve')
      await club.call(ada, 'POST', '/participants', { userId: eve.id, role: 'admin' })
      const webhook = await made(eve)
      const userId = whose === 'creator' ? eve.id : webhook.botId
      await parley.call('POST', `/users/${userId}/deactivate`, { token: admin.token })
      await isRefused(webhook)
    })

  it('its bot is removed with it, and is not restored by a repeat of its creation', async () => {
    const key = { 'idempotency-key': 'k1' }
    const { body } = await create(ada, 'Build', key)
    const webhook = body as Made
    expect((await club.call(ada, 'DELETE', `/webhooks/${webhook.id}`)).status).to.equal(204)
    expect((await create(ada, 'Build', key)).status).to.equal(201)
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'ParticipantAdded', 'ParticipantRemoved'])
    await isRefused(webhook)
  })

  it('one of an archived chat can be deleted', async () => {
    const webhook = await made()
    await club.call(ada, 'POST', '/archive')
    expect((await club.call(ada, 'DELETE', `/webhooks/${webhook.id}`)).status).to.equal(204)
    expect((await club.call(ada, 'GET', '/webhooks')).body).to.deep.equal([])
  })

  it('its bot has no tokens, and is in no list of bots', async () => {
    const { botId } = await made()
    const body = { chatIds: [club.id] }
    expect(codeOf(await parley.call('POST', `/bots/${botId}/tokens`, { token: ada.token, body }))).to.equal(
      'bot-not-found',
    )
    expect((await parley.call('GET', '/bots', { token: ada.token })).body).to.deep.equal([])
  })
})
