import { expect } from 'chai'
import { chatStream, userStream } from '../../../src/domain/streams.js'
import { next, startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'
import { uuid } from '../../support/uuid.js'

describe('invalid input is refused with its code, and appends nothing', () => {
  let parley: TestApp
  let now = new Date()
  let alice: TestUser
  let eve: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp({}, { clock: () => now })
    alice = await parley.register('Alice')
    eve = await parley.register('Eve')
    const created = await parley.call('POST', '/chats', {
      token: alice.token,
      body: { participantIds: [], name: 'Team' },
    })
    chatId = (created.body as { id: string }).id
  })

  after(() => parley[Symbol.asyncDispose]())

  afterEach(async () => {
    expect(await parley.app.core.log.readStream(chatStream(chatId), { limit: 10 })).to.have.length(1)
  })

  const refused = async (
    [status, code]: [number, string],
    method: string,
    path: string,
    request: Parameters<TestApp['call']>[2],
  ): Promise<void> => {
    const answer = await parley.call(method, path, request)
    expect(answer.body).to.include({ status, code })
    expect(answer.headers.get('content-type')).to.match(/^application\/problem\+json/)
  }

  const messages = (): string => `/chats/${chatId}/messages`
  const bodies: [string, unknown, [number, string]][] = [
    ['no JSON', '{"content":', [400, 'malformed-json']],
    ['an array', [], [400, 'validation-failed']],
    ['no content', {}, [400, 'validation-failed']],
    ['content of the wrong type', { content: 1 }, [400, 'validation-failed']],
    ['blank content', { content: ' \n ' }, [400, 'message-empty']],
    ['a control character', { content: 'a\u0007b' }, [400, 'validation-failed']],
    ['U+0000', { content: 'a\u0000b' }, [400, 'validation-failed']],
    ['a lone surrogate', { content: 'a\ud800b' }, [400, 'validation-failed']],
    ['a field of a later release', { content: 'hi', poll: 'yes or no?' }, [400, 'validation-failed']],
    ['metadata with U+0000', { content: 'hi', metadata: { a: '\0' } }, [400, 'validation-failed']],
    ['metadata with half a pair', { content: 'hi', metadata: { a: '\ud83d' } }, [400, 'validation-failed']],
    ['metadata too large', { content: 'hi', metadata: { a: 'x'.repeat(9_000) } }, [400, 'validation-failed']],
    ['a key that is not ASCII', { content: 'hi', clientMessageId: 'ä' }, [400, 'validation-failed']],
    ['10 MB', { content: 'x'.repeat(10 * 1024 * 1024) }, [413, 'body-too-large']],
  ]
  for (const [what, body, expected] of bodies) {
    it(`a message with ${what}`, () => refused(expected, 'POST', messages(), { token: alice.token, body }))
  }

  it('wrong types in a profile, which is left unchanged', async () => {
    const { log } = parley.app.core
    const user = () => log.readStream(userStream(alice.id), { limit: 10 })
    const before = await user()
    const { token } = alice
    const invalid: [number, string] = [400, 'validation-failed']
    await refused(invalid, 'PATCH', '/users/me', { token, body: { name: 7 } })
    await refused(invalid, 'PATCH', '/users/me', { token, body: { name: 'a\u0000b' } })
    await refused(invalid, 'PATCH', '/users/me', { token, body: { name: 'Alice', roles: ['admin'] } })
    await refused(invalid, 'POST', '/chats', { token, body: { participantIds: 'everyone' } })
    await refused(invalid, 'POST', `/chats/${chatId}/participants`, { token, body: { userId: 'eve' } })
    await refused(invalid, 'PUT', `/chats/${chatId}/read`, { token, body: { seq: -1 } })
    await refused(invalid, 'GET', `${messages()}?before=x`, { token })
    await refused(invalid, 'POST', '/auth/register', { body: { email: 'nowhere', password: 'short', name: '' } })
    expect(await user()).to.deep.equal(before)
  })

  it('another content type than JSON', () =>
    refused([415, 'not-json'], 'POST', messages(), {
      token: alice.token,
      body: 'content=hi',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }))

  it('two different idempotency keys', () =>
    refused([400, 'idempotency-key-mismatch'], 'POST', messages(), {
      token: alice.token,
      body: { content: 'hi', clientMessageId: 'a' },
      headers: { 'idempotency-key': 'b' },
    }))

  it('an unknown path, and a known one with another method', async () => {
    await refused([404, 'not-found'], 'GET', '/nowhere', { token: alice.token })
    await refused([405, 'method-not-allowed'], 'PUT', '/chats', { token: alice.token })
  })

  it('no token, an invalid token, and an expired one', async () => {
    await refused([401, 'token-missing'], 'GET', '/chats', {})
    await refused([401, 'invalid-token'], 'GET', '/chats', { token: 'garbage' })
    const late = await parley.register('Late')
    now = new Date(now.getTime() + 3_600_000)
    await refused([401, 'token-expired'], 'GET', '/chats', { token: late.token })
    now = new Date(now.getTime() - 3_600_000)
  })

  it('a chat of others gets the same answer as an unknown one', async () => {
    const there = [`/chats/${chatId}`, messages(), `/chats/${chatId}/participants`, `/chats/${chatId}/events`]
    for (const path of there) {
      await refused([404, 'chat-not-found'], 'GET', path, { token: eve.token })
      await refused([404, 'chat-not-found'], 'GET', path.replace(chatId, uuid('none')), { token: eve.token })
    }
    const body = { content: 'let me in' }
    for (const id of [chatId, uuid('none')]) {
      await refused([403, 'not-authorized'], 'POST', `/chats/${id}/messages`, { token: eve.token, body })
      await refused([403, 'not-authorized'], 'POST', `/chats/${id}/join`, { token: eve.token })
      await refused([403, 'not-authorized'], 'POST', `/chats/${id}/leave`, { token: eve.token })
      await refused([403, 'not-authorized'], 'PUT', `/chats/${id}/read`, { token: eve.token, body: { seq: 1 } })
    }
  })

  it('unknown users', () =>
    refused([404, 'user-not-found'], 'POST', `/chats/${chatId}/participants`, {
      token: alice.token,
      body: { userId: uuid('nobody') },
    }))

  it('a position of another log', () =>
    refused([400, 'unknown-position'], 'GET', '/chats', {
      token: alice.token,
      headers: { 'parley-position': 'elsewhere.1' },
    }))

  it('invalid input on a socket, which stays open', async () => {
    const socket = parley.socket(alice.token)
    await next(socket, 'ready')
    const garbage: [string, unknown[], string][] = [
      ['send_message', [], 'validation-failed'],
      ['send_message', ['text'], 'validation-failed'],
      ['send_message', [{ chatId, content: 7 }], 'validation-failed'],
      ['no_such_event', [{ a: 1 }], 'unknown-event'],
    ]
    for (const [event, args, code] of garbage) {
      const problem = next<{ code: string }>(socket, 'error')
      socket.emit(event, ...args)
      expect(await problem).to.include({ code })
    }
    expect(socket.connected).to.equal(true)
  })

  it('an invalid token on a socket', async () => {
    const socket = parley.socket('garbage')
    const failed = await next<{ data: { code: string } }>(socket, 'connect_error')
    expect(failed.data).to.include({ code: 'invalid-token' })
  })
})
