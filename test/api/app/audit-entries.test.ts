import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { AuditEntry } from '../../../src/projections/audit-trail/audit-entry.js'
import { startTestApp, type Answer, type TestApp, type TestUser } from '../../support/test-app.js'

describe('GET /audit/entries', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let auditor: TestUser
  let chatId: string
  let last: Answer

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
    bob = await parley.register('Bob')
    auditor = await parley.withRoles('Ann', 'auditor')
    chatId = (await made('/chats', ada, { participantIds: [bob.id], name: 'Garden' })).id
  })
  after(() => parley[Symbol.asyncDispose]())

  async function made(path: string, { token }: TestUser, body: object, headers = {}): Promise<{ id: string }> {
    last = await parley.call('POST', path, { token, body, headers })
    expect(last.status, JSON.stringify(last.body)).to.equal(201)
    return last.body as { id: string }
  }

  /** Up to the last command. */
  async function entries(query: string, { token } = auditor): Promise<AuditEntry[]> {
    const headers = { 'parley-position': last.headers.get('parley-position') ?? '' }
    const answer = await parley.call('GET', `/audit/entries?${query}`, { token, headers })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    return answer.body as AuditEntry[]
  }

  it('shows who sent a message, where, from where and when', async () => {
    const headers = { 'user-agent': 'tester/1.0', 'x-request-id': randomUUID() }
    const { id } = await made(`/chats/${chatId}/messages`, ada, { content: 'Hello' }, headers)
    const [entry, ...more] = await entries(`messageId=${id}`)
    expect(more).to.deep.equal([])
    const { ordinal, at, ...rest } = entry!
    expect(rest).to.deep.equal({
      position: last.headers.get('parley-position'),
      event: 'message_sent',
      userId: ada.id,
      targetUserId: null,
      chatId,
      messageId: id,
      ip: '127.0.0.1',
      userAgent: 'tester/1.0',
      correlationId: headers['x-request-id'],
      details: { seq: 1 },
      hash: null,
    })
    expect(at).to.equal((last.body as { recordedAt: string }).recordedAt)
    expect(ordinal).to.be.greaterThan(1)
  })
})
