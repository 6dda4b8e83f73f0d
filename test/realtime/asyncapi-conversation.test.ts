import { expect } from 'chai'
import type { Socket } from 'socket.io-client'
import { serverEventNames } from '../../src/realtime/frames.js'
import { clientEventSchemas, type ClientEventName } from '../../src/realtime/protocol.js'
import { problemsOf } from '../support/asyncapi-schemas.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

/** These take an hour, another server or a thousand events to happen: their examples are tested. */
const NOT_HERE = ['messages_expired', 'link_previews', 'resync']

/** What came over sockets, and what of it is not as asyncapi.json has it. */
class Observer {
  readonly seen = new Set<string>()
  readonly acked = new Set<string>()
  readonly problems: string[] = []

  watch(socket: Socket): Socket {
    return socket.onAny((event: string, payload: unknown) => {
      this.seen.add(event)
      this.problems.push(...problemsOf(`server.${event}`, payload))
    })
  }

  async emit(
    socket: Socket,
    event: ClientEventName,
    payload: object,
  ): Promise<{ ok: boolean; message?: { id: string } }> {
    const answer = (await socket.timeout(60_000).emitWithAck(event, payload)) as { ok: boolean }
    this.problems.push(...problemsOf(`client.${event}`, payload), ...problemsOf(`ack.${event}`, answer))
    if (answer.ok) this.acked.add(event)
    return answer
  }
}

describe('everything that comes over sockets is as asyncapi.json has it', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser
  let chatId: string
  const observer = new Observer()

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
    bob = await parley.register('Bob')
    eve = await parley.register('Eve')
  })
  after(() => parley[Symbol.asyncDispose]())

  async function connect(user: TestUser, cursors?: Record<string, number>): Promise<Socket> {
    const socket = observer.watch(parley.socket(user.token, cursors))
    await new Promise((resolve) => socket.once('ready', resolve))
    return socket
  }

  const call = async (user: TestUser, method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await parley.call(method, path, { token: user.token, ...(body && { body }) })
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 299)
    return answer.body
  }

  const comes = (...events: string[]): Promise<unknown> =>
    eventually(() => expect([...observer.seen]).to.include.members(events))

  it('in a conversation in which everything happens', async () => {
    const [first, second] = [await connect(ada), await connect(bob)]
    const settings = { name: 'Club', participantIds: [bob.id], historyVisibility: 'since-joined', joinPolicy: 'open' }
    chatId = ((await call(ada, 'POST', '/chats', settings)) as { id: string }).id
    await comes('chat_created')

    const sent = await observer.emit(first, 'send_message', { chatId, content: 'Hello <@all>', clientMessageId: 'one' })
    const messageId = sent.message?.id ?? ''
    await observer.emit(second, 'send_message', { chatId, content: 'Hello', replyTo: messageId, metadata: { a: [1] } })
    await observer.emit(first, 'edit_message', { chatId, messageId, content: 'Hello, **all**' })
    for (const on of [true, false]) await observer.emit(second, 'react', { chatId, messageId, emoji: '👍', on })
    await observer.emit(second, 'read', { chatId, seq: 1 })
    await observer.emit(second, 'typing', { chatId })
    await call(ada, 'PUT', `/chats/${chatId}/pins/${messageId}`)
    await call(ada, 'DELETE', `/chats/${chatId}/pins/${messageId}`)
    await comes('new_message', 'message_edited', 'reaction_added', 'reaction_removed', 'read', 'typing')
    await comes('message_pinned', 'message_unpinned')

    await connect(eve)
    await comes('presence')
    const eves = await connect(eve)
    await observer.emit(eves, 'join_chat', { chatId })
    await observer.emit(first, 'delete_message', { chatId, messageId })
    await comes('participant_joined', 'message_deleted', 'skipped')
    await observer.emit(eves, 'leave_chat', { chatId })
    await call(ada, 'POST', `/chats/${chatId}/participants`, { userId: eve.id })
    await call(ada, 'DELETE', `/chats/${chatId}/participants/${eve.id}`)
    await call(ada, 'PUT', `/chats/${chatId}/bans/${eve.id}`, { reason: 'Noise' })
    await call(ada, 'DELETE', `/chats/${chatId}/bans/${eve.id}`)
    await call(ada, 'PATCH', `/chats/${chatId}/participants/${bob.id}`, { role: 'admin' })
    await comes('participant_left', 'participant_removed', 'participant_banned', 'participant_unbanned')
    await comes('participant_role_changed')

    await call(ada, 'PATCH', `/chats/${chatId}`, { name: 'The club' })
    await call(ada, 'POST', `/chats/${chatId}/archive`)
    await call(ada, 'POST', `/chats/${chatId}/unarchive`)
    await call(ada, 'PUT', `/chats/${chatId}/mute`, { muted: true })
    await call(ada, 'PUT', `/chats/${chatId}/hide`, { hidden: true })
    await call(ada, 'PATCH', '/users/me', { name: 'Ada L.' })
    await comes('chat_updated', 'chat_archived', 'chat_unarchived', 'chat_muted', 'chat_hidden', 'profile_changed')

    await observer.emit(first, 'sync', { cursors: { [chatId]: 1 } })
    await observer.emit(second, 'authenticate', { token: bob.token })
    await connect(ada, { [chatId]: 0 })
    for (const event of Object.keys(clientEventSchemas) as ClientEventName[])
      expect((await observer.emit(second, event, { nonsense: true })).ok).to.equal(false)
    second.emit('send_message', { chatId })
    await comes('error')

    await call(eve, 'POST', '/users/me/erasure', { password: 'correct horse' })
    await comes('user_erased')
    await call(bob, 'POST', '/auth/logout')
    await comes('session_revoked')
    await parley.restart(() => Promise.resolve())
    await comes('server_draining')

    expect(observer.problems.filter((problem) => !problem.includes('{"nonsense":true}'))).to.deep.equal([])
    expect([...observer.acked]).to.have.members(Object.keys(clientEventSchemas))
    expect([...observer.seen]).to.have.members(serverEventNames.filter((name) => !NOT_HERE.includes(name)))
  })
})
