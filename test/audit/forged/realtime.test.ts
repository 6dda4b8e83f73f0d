import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import type { Socket } from 'socket.io-client'
import type { ChatEvent } from '../../../src/domain/chat/events.js'
import type { Decided } from '../../../src/domain/event.js'
import { chatStream } from '../../../src/domain/streams.js'
import { eventually } from '../../support/eventually.js'
import { next, type TestUser } from '../../support/test-app.js'
import { startAuditedApp, type AuditedApp } from '../audited-app.js'
import { alter, codeOf, forge, lengthOf, skip } from './forge.js'

const MESSAGE = {
  type: 'MessageSent',
  messageType: 'text',
  content: 'behind a forged event',
  mentions: [],
  mentionsAll: false,
  metadata: null,
  clientMessageId: null,
} as const

describe('realtime and events that were altered or forged', function () {
  this.timeout(240_000)
  let audited: AuditedApp
  let admin: TestUser
  let otherId: string

  beforeEach(async () => {
    audited = await startAuditedApp()
    admin = await audited.parley.withRoles('Root', 'admin')
    await audited.send('one')
    const body = { participantIds: [], name: 'Other' }
    const { body: other } = await audited.parley.call('POST', '/chats', { token: audited.ada.token, body })
    otherId = (other as { id: string }).id
  })
  afterEach(() => audited[Symbol.asyncDispose]())

  const sendToOther = () =>
    audited.parley.call('POST', `/chats/${otherId}/messages`, { token: audited.ada.token, body: { content: 'hello' } })

  async function connect({ token } = audited.ada, cursors?: Record<string, number>) {
    const socket = audited.parley.socket(token, cursors)
    const frames = collect(socket)
    await next(socket, 'ready')
    return frames
  }

  /** As another node appends an event that has not seen the forged one. */
  async function append(event: Decided<ChatEvent>): Promise<number> {
    const { log, sealer } = audited.parley.app.core
    const stream = chatStream(audited.chatId)
    const version = (await lengthOf(log, stream)) + 1
    const [at, commandId, correlationId, actor] = [new Date().toISOString(), randomUUID(), randomUUID(), audited.ada.id]
    const metadata = { at, commandId, actor, origin: 'rest', correlationId } as const
    const keys = await sealer.ensureKeys(sealer.keyNames(stream, event, at))
    await log.append(stream, version - 1, [sealer.seal({ stream, version, id: randomUUID(), event, metadata }, keys)])
    return version
  }

  const message = (seq: number) => ({ ...MESSAGE, messageId: randomUUID(), seq, senderId: audited.ada.id })

  const realtime = async () => {
    const { body } = await audited.parley.call('GET', '/readyz')
    return (body as { components: { realtime: { status: string; reason: string | null } } }).components.realtime
  }

  it('nothing of that chat is delivered past a forged event; other chats go on; after the skip clients get `resync`, and what follows', async () => {
    const { parley, chatId } = audited
    const frames = await connect()
    const forged = await forge(parley, chatStream(chatId))
    const version = await append(message(2))
    expect((await sendToOther()).status).to.equal(201)
    await eventually(() => expect(frames.of(otherId)).to.deep.equal(['new_message 2']))
    expect(frames.of(chatId)).to.deep.equal([])
    const state = await realtime()
    expect(state.status).to.equal('degraded')
    expect(state.reason).to.include(`${chatStream(chatId)} ${forged.version}`)

    await skip(parley, admin, forged)
    await eventually(() => expect(frames.of(chatId)).to.deep.equal([`resync ${version}`]))
    await audited.send('two')
    await eventually(() => expect(frames.of(chatId)).to.deep.equal([`resync ${version}`, `new_message ${version + 1}`]))
    expect(await realtime()).to.include({ status: 'ok', reason: null })
  })

  it('users who were removed after a forged event get nothing of the chat once delivery goes on', async () => {
    const { parley, ada, chatId } = audited
    const bob = await parley.register('Bob')
    const body = { userId: bob.id }
    const added = await parley.call('POST', `/chats/${chatId}/participants`, { token: ada.token, body })
    expect(added.status, JSON.stringify(added.body)).to.equal(201)
    const ofBob = await connect(bob)
    const ofAda = await connect()
    const forged = await forge(parley, chatStream(chatId))
    const version = await append({ type: 'ParticipantRemoved', userId: bob.id, by: ada.id })
    await skip(parley, admin, forged)
    await audited.send('without Bob')
    const expected = [`resync ${version}`, `new_message ${version + 1}`]
    await eventually(() => expect(ofAda.of(chatId)).to.deep.equal(expected))
    expect(ofBob.of(chatId)).to.deep.equal([])
  })

  it('a cursor before an altered event gets `resync` for that chat, and what it missed of the others', async () => {
    const { parley, ada, chatId } = audited
    await sendToOther()
    await alter(parley, chatStream(chatId), 2)
    const frames = await connect(ada, { [chatId]: 1, [otherId]: 1 })
    expect(frames.of(chatId)).to.deep.equal(['resync 2'])
    expect(frames.of(otherId)).to.deep.equal(['new_message 2'])
    await audited.send('two')
    await eventually(() => expect(frames.of(chatId)).to.deep.equal(['resync 2', 'new_message 3']))
    const events = (after: number) => parley.call('GET', `/chats/${chatId}/events?after=${after}`, { token: ada.token })
    expect(codeOf(await events(1))).to.deep.equal([500, 'bad-mac'])
    const { body } = await events(0)
    expect((body as { event: string }[]).map(({ event }) => event)).to.deep.equal(['chat_created'])
  })
})

/** The frames of each chat that a socket gets, with their versions. */
function collect(socket: Socket): { of(chatId: string): string[] } {
  const frames: { event: string; chatId: string; version: number }[] = []
  socket.onAny(
    (event: string, payload: { chatId: string; version: number; message?: { chatId: string; version: number } }) => {
      const { chatId, version } = payload.message ?? payload
      frames.push({ event, chatId, version })
    },
  )
  return {
    of: (chatId) =>
      frames.filter((frame) => frame.chatId === chatId).map(({ event, version }) => `${event} ${version}`),
  }
}
