import { expect } from 'chai'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { next, startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

/** Fewer on the second Node of `npm test`. */
const SENDS = Number(process.env['PARLEY_SENDS'] ?? 1_000)

onEachLog('the first acceptance examples', (kind) => {
  let parley: TestApp
  let alice: TestUser
  let bob: TestUser

  before(async () => {
    parley = await startTestApp(logConfig(kind))
  })

  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    alice = await parley.register('Alice')
    bob = await parley.register('Bob')
  })

  const chatOf = async (name?: string): Promise<{ id: string }> => {
    const body = name === undefined ? { participantIds: [bob.id] } : { participantIds: [bob.id], name }
    return (await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }
  }

  it('a user registers, logs in, and uses the token on every call', async () => {
    const login = { email: alice.email, password: 'correct horse' }
    const { status, body } = await parley.call('POST', '/auth/login', { body: login })
    expect(status).to.equal(200)
    const { accessToken } = body as { accessToken: string }
    const me = await parley.call('GET', '/users/me', { token: accessToken })
    expect(me.body).to.include({ id: alice.id, name: 'Alice', email: alice.email.toLowerCase() })
    expect((await parley.call('GET', '/users/me')).status).to.equal(401)
    const wrong = await parley.call('POST', '/auth/login', { body: { ...login, password: 'wrong horse' } })
    expect(wrong).to.deep.include({ status: 401 })
    expect(wrong.body).to.include({ code: 'invalid-credentials' })
  })

  it('profiles are changed by their owner and seen by others', async () => {
    const change = { name: 'Alice B.', statusText: 'in a meeting', avatarUrl: 'https://example.com/a.png' }
    const changed = await parley.call('PATCH', '/users/me', { token: alice.token, body: change })
    expect(changed.body).to.include(change)
    const seen = await parley.call('GET', `/users/${alice.id}`, { token: bob.token })
    expect(seen.body).to.deep.equal({ id: alice.id, isBot: false, ...change })
  })

  it('a chat has its participants and their roles', async () => {
    const { id } = await chatOf('Team')
    const { body } = await parley.call('GET', `/chats/${id}`, { token: bob.token })
    const { participants, myRole } = body as { participants: { name: string; role: string }[]; myRole: string }
    expect(myRole).to.equal('member')
    expect(participants.map(({ name, role }) => [name, role])).to.deep.equal([
      ['Alice', 'owner'],
      ['Bob', 'member'],
    ])
  })

  it(`a sent message is the chat list's last one at once, ${SENDS} times`, async () => {
    const { id } = await chatOf()
    const send = (content: string) =>
      parley.call('POST', `/chats/${id}/messages`, { token: alice.token, body: { content } })
    for (let index = 1; index <= SENDS; index++) {
      const content = `Hello Bob! ${index}`
      const sent = await send(content)
      expect(sent.status, JSON.stringify(sent.body)).to.equal(201)
      const { body } = await parley.call('GET', '/chats', { token: alice.token })
      expect((body as { lastMessage: string }[])[0]?.lastMessage).to.equal(content)
    }
    await send('Hello Bob!')
    const [listed] = (await parley.call('GET', '/chats', { token: alice.token })).body as { lastMessage: string }[]
    expect(listed?.lastMessage).to.equal('Hello Bob!')
  })

  it('history is read page by page', async () => {
    const { id } = await chatOf()
    for (let index = 1; index <= 5; index++) {
      await parley.call('POST', `/chats/${id}/messages`, { token: alice.token, body: { content: `message ${index}` } })
    }
    const page = async (path: string) => {
      const { body, headers } = await parley.call('GET', path, { token: alice.token })
      const link = /<([^>]+)>; rel="prev"/.exec(headers.get('link') ?? '')?.[1]
      return { seqs: (body as { seq: number }[]).map(({ seq }) => seq), link }
    }
    const latest = await page(`/chats/${id}/messages?limit=2`)
    expect(latest.seqs).to.deep.equal([4, 5])
    const before = await page(latest.link ?? '')
    expect(before.seqs).to.deep.equal([2, 3])
    const first = await page(before.link ?? '')
    expect(first).to.deep.equal({ seqs: [1], link: undefined })
  })

  it('a message reaches the socket of the other, who has one unread', async () => {
    const { id } = await chatOf()
    const socket = parley.socket(bob.token)
    await next(socket, 'ready')
    const arriving = next<{ content: string; sender: { name: string } }>(socket, 'new_message')
    const hello = { token: alice.token, body: { content: 'Hello Bob!' } }
    const sent = await parley.call('POST', `/chats/${id}/messages`, hello)
    expect(await arriving).to.deep.include({ content: 'Hello Bob!' })
    const headers = { 'parley-position': sent.headers.get('parley-position') }
    const chats = await parley.call('GET', '/chats', { token: bob.token, headers })
    const [listed] = chats.body as { unreadCount: number }[]
    expect(listed?.unreadCount).to.equal(1)
  })

  it("an outsider's send_message on a socket is an error that says not authorized", async () => {
    const { id } = await chatOf('Team')
    const eve = await parley.register('Eve')
    const socket = parley.socket(eve.token)
    await next(socket, 'ready')
    const refused = next<{ code: string; detail: string; chatId: string }>(socket, 'error')
    socket.emit('send_message', { chatId: id, content: 'let me in' })
    const problem = await refused
    expect(problem).to.include({ code: 'not-authorized', chatId: id })
    expect(problem.detail).to.match(/^Not authorized/)
  })

  it('10,001 characters are too many, 10,000 are not', async () => {
    const { id } = await chatOf()
    const send = (length: number) =>
      parley.call('POST', `/chats/${id}/messages`, { token: alice.token, body: { content: 'x'.repeat(length) } })
    const refused = await send(10_001)
    expect(refused.status).to.equal(400)
    expect(refused.body).to.include({ code: 'message-too-long' })
    expect((await send(10_000)).status).to.equal(201)
  })
})

describe('the message limit', () => {
  it('refuses the 31st message in a minute and says when to come back; a repeat does not count', async () => {
    await using parley = await startTestApp({ rateLimitMessagesPerMinute: 30 })
    const alice = await parley.register('Alice')
    const bob = await parley.register('Bob')
    const chat = await parley.call('POST', '/chats', { token: alice.token, body: { participantIds: [bob.id] } })
    const { id } = chat.body as { id: string }
    const send = (clientMessageId: string) =>
      parley.call('POST', `/chats/${id}/messages`, { token: alice.token, body: { content: 'hi', clientMessageId } })
    for (let index = 1; index <= 30; index++) expect((await send(`m${index}`)).status).to.equal(201)
    const refused = await send('m31')
    expect(refused.status).to.equal(429)
    expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60)
    const repeated = await send('m30')
    expect(repeated.status).to.equal(201)
    expect(repeated.headers.get('idempotency-replayed')).to.equal('true')
    expect(repeated.body).to.include({ seq: 30 })
  })
})
