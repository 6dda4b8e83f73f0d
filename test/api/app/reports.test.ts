import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { moderationStream } from '../../../src/domain/streams.js'
import { eventually } from '../../support/eventually.js'
import { next, startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'

interface Report {
  id: string
  chatId: string
  message: { id: string; content: string | null }
  reporter: { id: string; name: string | null }
  reason: string
  createdAt: string
  status: string
  outcome: string | null
  settledBy: { id: string } | null
  settledAt: string | null
  reportCount: number
}

describe('reports', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let admin: TestUser
  let chatId: string
  let messageId: string

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
    bob = await parley.register('Bob')
    admin = await parley.withRoles('Judge', 'admin')
  })
  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    const body = { participantIds: [bob.id], name: 'Garden' }
    chatId = (await made('/chats', ada, body)).id
    messageId = (await made(`/chats/${chatId}/messages`, ada, { content: 'Buy now' })).id
  })

  async function made(path: string, { token }: TestUser, body: object): Promise<{ id: string }> {
    const answer = await parley.call('POST', path, { token, body })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    return answer.body as { id: string }
  }

  const report = ({ token }: TestUser, reason = 'spam', headers = {}, id = messageId): Promise<Answer> =>
    parley.call('POST', `/chats/${chatId}/messages/${id}/reports`, { token, body: { reason }, headers })
  const settle = (id: string, outcome = 'It stays', headers = {}): Promise<Answer> =>
    parley.call('POST', `/reports/${id}/settle`, { token: admin.token, body: { outcome }, headers })
  const since = ({ headers }: Answer) => ({ 'parley-position': headers.get('parley-position') ?? '' })
  const codeOf = ({ body }: Answer): string => (body as { code: string }).code

  /** Those of this test's chat, as an admin sees them once they are there. */
  async function listed(last: Answer, query = ''): Promise<Report[]> {
    const { body } = await parley.call('GET', `/reports?${query}`, { token: admin.token, headers: since(last) })
    return (body as Report[]).filter((found) => found.chatId === chatId)
  }

  it('an admin outside the chat sees reporter, reason, and the current message', async () => {
    const answer = await report(bob, '  it is spam ')
    const { id, createdAt } = answer.body as Report
    expect(answer.status).to.equal(201)
    expect(answer.body).to.deep.equal({ id, messageId, chatId, createdAt })
    const [found, ...more] = await listed(answer)
    expect(more).to.deep.equal([])
    const { message, ...rest } = found!
    expect(message).to.deep.include({ id: messageId, content: 'Buy now' })
    expect(rest).to.deep.equal({
      id,
      chatId,
      reporter: { id: bob.id, name: 'Bob', avatarUrl: null, isBot: false },
      reason: 'it is spam',
      createdAt,
      status: 'open',
      outcome: null,
      settledBy: null,
      settledAt: null,
      reportCount: 1,
    })
    const events = await parley.app.core.log.readStream(moderationStream(chatId), { limit: 10 })
    expect(events.map(({ type }) => type)).to.deep.equal(['MessageReported'])
    expect(events[0]?.data).to.not.contain('spam')
  })

  it('a second report of a user, with or without a key, is the same one without an event', async () => {
    const key = { 'idempotency-key': 'k1' }
    const first = await report(bob, 'spam', key)
    const [replayed, again] = [await report(bob, 'spam', key), await report(bob, 'really spam')]
    expect(replayed.headers.get('idempotency-replayed')).to.equal('true')
    for (const { status, body } of [replayed, again]) expect([status, body]).to.deep.equal([201, first.body])
    expect(await listed(again)).to.have.length(1)
    expect(codeOf(await report(bob, 'other words', key))).to.equal('idempotency-key-reused')
  })

  it('a repeat gets the first answer, also after the report was resolved, the message reported again and deleted', async () => {
    const key = { 'idempotency-key': 'k2' }
    const first = await report(bob, 'spam', key)
    const { id } = first.body as Report
    await settle(id)
    const again = await report(bob, 'still there')
    expect((again.body as Report).id).to.not.equal(id)
    await parley.app.core.run('deleteMessage', { chatId, messageId }, callerOf(ada))
    const replayed = await report(bob, 'spam', key)
    expect([replayed.status, replayed.body]).to.deep.equal([201, first.body])
    expect(codeOf(await report(ada))).to.equal('message-deleted')
  })

  it('reports of a message by several users are separate, and counted', async () => {
    await report(ada)
    const last = await report(bob)
    const found = await listed(last)
    expect(found.map(({ reporter, reportCount }) => [reporter.id, reportCount])).to.deep.equal([
      [bob.id, 2],
      [ada.id, 2],
    ])
  })

  it('a report is resolved once, and the list can be filtered by status', async () => {
    const { id } = (await report(bob)).body as Report
    const other = ((await report(ada)).body as Report).id
    const key = { 'idempotency-key': 'k3' }
    const first = await settle(id, 'It stays', key)
    const again = [await settle(id, 'It stays', key), await settle(id, 'It goes')]
    expect([first, ...again].map(({ status }) => status)).to.deep.equal([204, 204, 204])
    expect(again[0]?.headers.get('idempotency-replayed')).to.equal('true')
    const [found] = await listed(first, 'status=settled')
    expect(found).to.deep.include({ id, status: 'settled', outcome: 'It stays' })
    expect(found?.settledBy).to.deep.equal({ id: admin.id, name: 'Judge', avatarUrl: null, isBot: false })
    expect(Date.parse(found?.settledAt ?? '')).to.be.a('number')
    expect((await listed(first, 'status=open')).map((open) => open.id)).to.deep.equal([other])
    expect((await listed(first)).map((any) => any.id)).to.deep.equal([other, id])
  })

  it('an unknown report is not found', async () => {
    expect(codeOf(await settle(randomUUID()))).to.equal('report-not-found')
  })

  it('a message of another chat, or an unknown one, cannot be reported', async () => {
    expect(codeOf(await report(bob, 'spam', {}, randomUUID()))).to.equal('message-not-found')
    const elsewhere = (await made('/chats', ada, { participantIds: [bob.id], name: 'Attic' })).id
    const { id } = await made(`/chats/${elsewhere}/messages`, ada, { content: 'Hello' })
    expect(codeOf(await report(bob, 'spam', {}, id))).to.equal('message-not-found')
  })

  it('are listed page by page, each once, newest first', async () => {
    const ids: string[] = []
    let last: Answer | undefined
    for (let count = 0; count < 5; count++) {
      const { id } = await made(`/chats/${chatId}/messages`, ada, { content: `Buy ${count}` })
      last = await report(bob, 'spam', {}, id)
      ids.unshift((last.body as Report).id)
    }
    const found: string[] = []
    for (let path: string | undefined = '/reports?limit=2&status=open'; path !== undefined && found.length < 5;) {
      const page: Answer = await parley.call('GET', path, { token: admin.token, headers: since(last!) })
      found.push(...(page.body as Report[]).map(({ id }) => id))
      path = /<([^>]*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
    }
    expect(found.slice(0, 5)).to.deep.equal(ids)
  })

  it('an invalid cursor is refused', async () => {
    for (const cursor of [
      'x',
      `2026-02-31T00:00:00.000Z_${randomUUID()}`,
      `2026-99-01T00:00:00.000Z_${randomUUID()}`,
    ]) {
      const { status } = await parley.call('GET', `/reports?after=${cursor}`, { token: admin.token })
      expect(status, cursor).to.equal(400)
    }
  })

  it('are not visible to anyone in the chat, neither its owner nor the author of the message', async () => {
    const sockets = [ada, bob].map(({ token }) => parley.socket(token))
    await Promise.all(sockets.map((socket) => next(socket, 'ready')))
    const received: string[] = []
    for (const socket of sockets)
      socket.onAny((event: string, payload: object) => received.push(event, JSON.stringify(payload)))
    const before = await everything()
    const answer = await report(bob, 'a tell-tale reason')
    const { id } = answer.body as Report
    await settle(id, 'a tell-tale outcome')
    expect(await everything()).to.deep.equal(before)
    await made(`/chats/${chatId}/messages`, ada, { content: 'the last' })
    await eventually(() => expect(received.filter((event) => event === 'new_message')).to.have.length(2))
    expect(received.filter((event) => !event.startsWith('{'))).to.deep.equal(['new_message', 'new_message'])
    expect(received.join()).to.not.match(new RegExp(`tell-tale|${id}`))
  })

  /** What the author and owner can read of the chat, with the chat's version beside it. */
  async function everything(): Promise<unknown[]> {
    const paths = ['', '/participants', '/messages', `/messages/${messageId}`, '/events', `/events?after=2`]
    const urls = ['/chats', '/users/me', `/users/${bob.id}`, ...paths.map((path) => `/chats/${chatId}${path}`)]
    const answers = await Promise.all(urls.map((url) => parley.call('GET', url, { token: ada.token })))
    return answers.map(({ status, body, headers }) => [status, body, headers.get('parley-chat-version')])
  }

  const callerOf = ({ id }: TestUser) =>
    ({ userId: id, origin: 'rest', correlationId: randomUUID(), key: null, client: null }) as const
})
