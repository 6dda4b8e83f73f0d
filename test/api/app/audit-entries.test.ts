import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { AuditEntry } from '../../../src/projections/audit-trail/audit-entry.js'
import { userKey } from '../../../src/privacy/key-names.js'
import { eventually } from '../../support/eventually.js'
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
    parley = await startTestApp({}, { readModelWaitMs: 1_000 })
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
    const answer = await parley.call('GET', `/audit/entries?${query}`, { token, headers: positionOf(last) })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    return answer.body as AuditEntry[]
  }

  it('shows who sent a message, where, from where and when', async () => {
    const headers = { 'user-agent': 'tester/1.0', 'x-request-id': randomUUID() }
    const { id } = await made(`/chats/${chatId}/messages`, ada, { content: 'Hello' }, headers)
    const [entry, ...more] = await entries(`messageId=${id}`)
    expect(more).to.deep.equal([])
    const { ordinal, at, hash, ...rest } = entry!
    expect(hash).to.match(/^[\da-f]{64}$/)
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
    })
    expect(at).to.equal((last.body as { recordedAt: string }).recordedAt)
    expect(ordinal).to.be.greaterThan(1)
  })

  it('shows from where someone registered and logged in', async () => {
    const headers = { 'user-agent': 'tester/2.0', 'x-request-id': randomUUID() }
    const body = { email: `${randomUUID()}@example.com`, password: 'correct horse', name: 'Cleo' }
    last = await parley.call('POST', '/auth/register', { body, headers })
    const { user } = last.body as { user: { id: string } }
    const client = { ip: '127.0.0.1', userAgent: 'tester/2.0', correlationId: headers['x-request-id'] }
    const found = await entries(`userId=${user.id}&order=asc`)
    expect(found.map(({ event }) => event)).to.deep.equal(['user_registered', 'session_opened'])
    for (const entry of found) expect(entry).to.include({ ...client, userId: user.id, targetUserId: null })
  })

  it('shows security events, with their kind, user and client', async () => {
    const headers = { 'user-agent': 'intruder/1.0' }
    const { status } = await parley.call('GET', '/audit/entries', { token: bob.token, headers })
    expect(status).to.equal(403)
    await eventually(async () => {
      const [entry] = await entries(`event=security_event&userId=${bob.id}`)
      expect(entry).to.include({ event: 'security_event', ip: '127.0.0.1', userAgent: 'intruder/1.0', chatId: null })
      expect(entry!.details).to.include({ type: 'access-refused', count: 1 })
    })
  })

  it('filters by event, user, target, chat, message and time, and by several at once', async () => {
    const { id } = await made(`/chats/${chatId}/messages`, bob, { content: 'Delete me' })
    last = await parley.call('DELETE', `/chats/${chatId}/messages/${id}`, { token: ada.token })
    const [deletion] = await entries(`messageId=${id}`)
    expect(deletion).to.deep.include({ event: 'message_deleted', userId: ada.id, targetUserId: bob.id, chatId })
    const { at, event } = deletion!
    const own = `event=${event}&userId=${ada.id}&targetUserId=${bob.id}&chatId=${chatId}&messageId=${id}&from=${at}&to=${at}`
    expect(await entries(own)).to.deep.equal([deletion])
    const filters = own.split('&')
    for (const [index, filter] of filters.entries()) {
      expect(await entries(filter), filter).to.deep.include(deletion)
      const other = filters.with(index, otherThan(filter)).join('&')
      expect(await entries(other), other).to.deep.equal([])
    }
  })

  /** The same filter with a value that the entry does not have. */
  function otherThan(filter: string): string {
    const [name] = filter.split('=')
    if (name === 'event') return 'event=message_sent'
    if (name === 'from') return 'from=9999-01-01T00:00:00Z'
    if (name === 'to') return 'to=0001-01-01T00:00:00Z'
    return `${name}=${randomUUID()}`
  }

  it('gives one entry for each event, page by page, in both orders', async () => {
    const { log, runners } = parley.app.core
    const { events, position } = await log.readAll(log.start, 1_000)
    await runners.auditTrail.progress.reached(position)
    for (const order of ['asc', 'desc']) {
      const found = await allPages(`/audit/entries?order=${order}&limit=7&to=${(await entries('limit=1'))[0]!.at}`)
      const ordinals = found.map(({ ordinal }) => ordinal)
      expect(ordinals).to.deep.equal([...ordinals].sort((a, b) => (order === 'asc' ? a - b : b - a)))
      const first = order === 'asc' ? found : found.reverse()
      expect(first[0]).to.include({ ordinal: 1, event: 'log_opened', userId: null })
      expect(first.slice(0, events.length).map(({ position }) => position)).to.deep.equal(
        events.map(({ position }) => position),
      )
    }
  })

  it('ends in rising order where its first page began: its own reads are not in it', async () => {
    const { log, runners } = parley.app.core
    const head = await log.head()
    await runners.auditTrail.progress.reached(head)
    const path = '/audit/entries?event=privileged_access_started&order=asc&limit=1'
    const before = (await parley.call('GET', path.replace('limit=1', 'limit=200'), { token: auditor.token })).body
    const found = await allPages(path)
    const known = (before as AuditEntry[]).length
    expect(found.length).to.be.within(known, known + 2) // the two first pages may be in it themselves
  })

  async function allPages(first: string): Promise<AuditEntry[]> {
    const found: AuditEntry[] = []
    for (let path: string | undefined = first; path !== undefined;) {
      const { body, headers } = await parley.call('GET', path, { token: auditor.token })
      found.push(...(body as AuditEntry[]))
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
    }
    return found
  }

  it('is for auditors and admins alone', async () => {
    const analyst = await parley.withRoles('Ned', 'analyst')
    const admin = await parley.withRoles('Abe', 'admin')
    expect(await entries('limit=1', admin)).to.have.length(1)
    for (const { token } of [ada, analyst]) {
      const { status, body } = await parley.call('GET', '/audit/entries', { token })
      expect([status, (body as { code: string }).code]).to.deep.equal([403, 'not-authorized'])
    }
    expect((await parley.call('GET', '/audit/entries')).status).to.equal(401)
  })

  it('refuses filters that are none, and names them', async () => {
    const wrong = ['event=MessageSent', 'userId=me', 'from=yesterday', 'order=up', 'after=0', 'limit=201', 'who=me']
    for (const query of wrong) {
      const { status, body } = await parley.call('GET', `/audit/entries?${query}`, { token: auditor.token })
      const { code, errors } = body as { code: string; errors: { path: string }[] }
      expect([status, code], query).to.deep.equal([400, 'validation-failed'])
      expect(errors.map(({ path }) => path).join()).to.equal(query.split('=')[0])
    }
  })

  it('shows no ip and no user agent once the key is gone, and all the rest as before', async () => {
    const eve = await parley.register('Eve')
    await made('/chats', eve, { participantIds: [], name: 'Cellar' })
    const before = await entries(`userId=${eve.id}`)
    expect(before.map(({ ip }) => ip)).to.include('127.0.0.1')
    await parley.app.core.dataKeys.destroy(userKey(eve.id))
    const gone = { ip: null, userAgent: null }
    expect(await entries(`userId=${eve.id}`)).to.deep.equal(before.map((entry) => ({ ...entry, ...gone })))
  })

  it('waits for what its asker wrote on the progress of the trail, not of another projection', async () => {
    const { runners } = parley.app.core
    const { id } = await made(`/chats/${chatId}/messages`, ada, { content: 'Not yet' })
    await entries(`messageId=${id}`)
    await runners.auditTrail[Symbol.asyncDispose]()
    const headers = { prefer: 'stale-ok' }
    const ask = (path: string, more = {}) =>
      parley.call('GET', path, { token: auditor.token, headers: { ...positionOf(last), ...more } })
    await made('/chats', auditor, { participantIds: [], name: 'Later' })
    expect((await ask('/chats')).status).to.equal(200)
    const refused = await ask('/audit/entries')
    expect([refused.status, (refused.body as { code: string }).code]).to.deep.equal([503, 'projection-behind'])
    const stale = await ask('/audit/entries', headers)
    expect([stale.status, stale.headers.get('parley-stale')]).to.deep.equal([200, 'true'])
    const own = await parley.call('GET', '/audit/entries', { token: auditor.token })
    expect(own.status).to.equal(503)
  })
})

const positionOf = ({ headers }: Answer) => ({ 'parley-position': headers.get('parley-position') ?? '' })
