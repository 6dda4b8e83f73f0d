import { expect } from 'chai'
import type { Socket } from 'socket.io-client'
import { botsOf } from '../api/app/bots.js'
import { eventually } from '../support/eventually.js'
import { next, startTestApp, type Node, type TestApp, type TestUser } from '../support/test-app.js'

interface Frame {
  event: string
  payload: { chatId?: string; content?: string; code?: string; chats?: Record<string, object> }
}

interface Ack {
  ok: boolean
  error?: { code: string }
}

describe('sockets of bots', () => {
  let parley: TestApp
  let other: Node
  let bots: ReturnType<typeof botsOf>
  let ada: TestUser
  let bob: TestUser
  let botId: string
  let bound: string
  let unbound: string

  before(async () => {
    parley = await startTestApp()
    other = await parley.startNode()
    bots = botsOf(parley)
  })
  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    ;[ada, bob] = [await parley.register('Ada'), await parley.register('Bob')]
    botId = await bots.create(ada, 'Robot')
    ;[bound, unbound] = [await createChat('Bound'), await createChat('Unbound')]
  })

  async function call(who: TestUser, method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await parley.call(method, path, { token: who.token, body })
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).to.be.below(300)
    return answer.body
  }

  async function createChat(name: string): Promise<string> {
    const { id } = (await call(ada, 'POST', '/chats', { participantIds: [bob.id], name })) as { id: string }
    await addBot(id)
    return id
  }

  const addBot = (chatId: string) => call(ada, 'POST', `/chats/${chatId}/participants`, { userId: botId })
  const removeBot = (chatId: string) => call(ada, 'DELETE', `/chats/${chatId}/participants/${botId}`)
  const send = (chatId: string, content: string) => call(bob, 'POST', `/chats/${chatId}/messages`, { content })

  /** Waits until `ready` names these chats; a node may still have to read that the bot was added to one. */
  async function connect(token: string, chatIds: string[], cursors = {}): Promise<{ socket: Socket; seen: Frame[] }> {
    return eventually(async () => {
      const socket = other.socket(token, cursors)
      const seen: Frame[] = []
      socket.onAny((event: string, payload: Frame['payload']) => void seen.push({ event, payload }))
      const { chats } = await next<{ chats: object }>(socket, 'ready')
      if (Object.keys(chats).length < chatIds.length) socket.close()
      expect(chats).to.have.all.keys(chatIds)
      return { socket, seen }
    })
  }

  const chatsOf = (seen: Frame[]) => new Set(seen.flatMap(({ payload }) => payload.chatId ?? []))
  const untilSeen = (seen: Frame[], content: string) =>
    eventually(() => expect(seen.map(({ payload }) => payload.content)).to.include(content))

  it('get the events of the chats that the token is bound to, and of no others', async () => {
    const { token } = await bots.token(ada, botId, [bound])
    const { socket, seen } = await connect(token, [bound])
    const unboundToken = await bots.token(ada, botId, [unbound])
    await send(unbound, 'elsewhere')
    await eventually(async () => {
      const read = { token: unboundToken.token, body: { seq: 1 } }
      expect((await other.call('PUT', `/chats/${unbound}/read`, read)).status).to.equal(204)
    })
    await call(ada, 'PATCH', `/chats/${unbound}`, { name: 'Renamed' })
    const { seq } = (await send(bound, 'hello')) as { seq: number }
    await untilSeen(seen, 'hello')
    expect(await socket.timeout(30_000).emitWithAck('read', { chatId: bound, seq })).to.include({ ok: true })
    await eventually(() => expect(seen.map(({ event }) => event)).to.include('read'))
    expect(chatsOf(seen)).to.deep.equal(new Set([bound]))
  })

  it('get nothing of a chat that is not bound when the bot is removed from it and added again', async () => {
    const { token } = await bots.token(ada, botId, [bound])
    const { seen } = await connect(token, [bound])
    for (const chatId of [unbound, bound]) {
      await removeBot(chatId)
      await send(chatId, 'in its absence')
      await addBot(chatId)
    }
    await send(unbound, 'elsewhere')
    await send(bound, 'back')
    await untilSeen(seen, 'back')
    expect(chatsOf(seen)).to.deep.equal(new Set([bound]))
    expect(seen.map(({ payload }) => payload.content)).not.to.include('in its absence')
  })

  it('get what their cursors missed of bound chats alone', async () => {
    const { token } = await bots.token(ada, botId, [bound])
    for (const chatId of [unbound, bound]) await send(chatId, 'missed')
    const { seen } = await connect(token, [bound], { [bound]: 2, [unbound]: 1 })
    await untilSeen(seen, 'missed')
    expect(chatsOf(seen)).to.deep.equal(new Set([bound]))
    const { socket } = await connect(token, [bound])
    const ack = (await socket.timeout(30_000).emitWithAck('sync', { cursors: { [unbound]: 1, [bound]: 2 } })) as object
    expect(ack).to.deep.equal({ ok: true, behind: { [bound]: 1 } })
  })

  it('send to bound chats only', async () => {
    const { token } = await bots.token(ada, botId, [bound])
    const { socket } = await connect(token, [bound])
    const sendTo = (chatId: string) =>
      socket.timeout(30_000).emitWithAck('send_message', { chatId, content: 'beep' }) as Promise<Ack>
    expect(await sendTo(bound)).to.deep.include({ ok: true })
    expect((await sendTo(unbound)).error?.code).to.equal('not-authorized')
  })

  it('are disconnected on every node when their token is revoked, those of another token are not', async () => {
    const [revoked, kept] = [await bots.token(ada, botId, [bound]), await bots.token(ada, botId, [bound])]
    const [first, second] = [await connect(revoked.token, [bound]), await connect(kept.token, [bound])]
    const gone = next(first.socket, 'disconnect')
    await call(ada, 'DELETE', `/bots/${botId}/tokens/${revoked.id}`)
    expect(await gone).to.be.oneOf(['io server disconnect', 'transport close'])
    expect(first.seen.at(-1)).to.deep.equal({ event: 'session_revoked', payload: { code: 'session-revoked' } })
    await send(bound, 'still there')
    await untilSeen(second.seen, 'still there')
  })

  it('are disconnected when the bot is deleted', async () => {
    const { token } = await bots.token(ada, botId, [bound])
    const { socket } = await connect(token, [bound])
    const told = next(socket, 'session_revoked')
    await call(ada, 'DELETE', `/bots/${botId}`)
    expect(await told).to.deep.equal({ code: 'session-revoked' })
  })

  it('reconnect, with the chats that are left, when their token is unbound from one', async () => {
    const { token } = await bots.token(ada, botId, [bound, unbound])
    const { socket, seen } = await connect(token, [bound, unbound])
    const again = new Promise<Frame['payload']>((resolve) => socket.once('ready', resolve))
    await call(ada, 'PUT', `/chats/${unbound}/bans/${botId}`, {})
    expect((await again).chats).to.have.all.keys(bound)
    await send(bound, 'after')
    await untilSeen(seen, 'after')
  })
}).timeout(240_000)
