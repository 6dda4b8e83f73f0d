import { expect } from 'chai'
import { next, startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'

interface Listed {
  id: string
  lastSeq: number
  readSeq: number
  unreadCount: number
  muted: boolean
}

describe('read markers, muted and hidden chats', () => {
  let parley: TestApp
  let alice: TestUser
  let bob: TestUser
  let chatId: string
  let position: string

  before(async () => {
    parley = await startTestApp()
    alice = await parley.register('Alice')
    bob = await parley.register('Bob')
  })

  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    const body = { participantIds: [bob.id], name: 'Team' }
    const made = await parley.call('POST', '/chats', { token: alice.token, body })
    chatId = (made.body as { id: string }).id
    position = made.headers.get('parley-position') ?? ''
  })

  /** Whoever asks has seen what anyone did before. */
  async function call({ token }: TestUser, method: string, path: string, body?: object): Promise<Answer> {
    const headers = method === 'GET' ? { 'Parley-Position': position } : {}
    const answer = await parley.call(method, path, { token, headers, ...(body && { body }) })
    position = answer.headers.get('parley-position') ?? position
    return answer
  }

  const send = async (user: TestUser, content = 'hi'): Promise<string> =>
    ((await call(user, 'POST', `/chats/${chatId}/messages`, { content })).body as { id: string }).id

  const read = (user: TestUser, body: object): Promise<Answer> => call(user, 'PUT', `/chats/${chatId}/read`, body)

  async function listed(user: TestUser): Promise<Listed | undefined> {
    const chats = (await call(user, 'GET', '/chats')).body as Listed[]
    return chats.find(({ id }) => id === chatId)
  }

  async function unread(user: TestUser): Promise<[readSeq: number, unreadCount: number]> {
    const { readSeq, unreadCount } = (await listed(user))!
    const one = (await call(user, 'GET', `/chats/${chatId}`)).body as Listed
    expect([one.readSeq, one.unreadCount]).to.deep.equal([readSeq, unreadCount])
    return [readSeq, unreadCount]
  }

  it('own and deleted messages are not unread, and a marker never moves back by itself', async () => {
    const [first] = [await send(alice), await send(alice), await send(alice)]
    expect(await unread(alice)).to.deep.equal([3, 0])
    expect(await unread(bob)).to.deep.equal([0, 3])
    await call(alice, 'DELETE', `/chats/${chatId}/messages/${first}`)
    expect(await unread(bob)).to.deep.equal([0, 2])
    await read(bob, { seq: 2 })
    expect(await unread(bob)).to.deep.equal([2, 1])
    await read(bob, { seq: 1 })
    expect(await unread(bob)).to.deep.equal([2, 1])
    await read(bob, { seq: 99 })
    expect(await unread(bob)).to.deep.equal([3, 0])
    await send(bob)
    expect(await unread(bob)).to.deep.equal([4, 0])
    expect(await unread(alice)).to.deep.equal([3, 1])
  })

  it('a marker can be set back explicitly, also below an own message', async () => {
    await send(alice)
    await send(alice)
    await send(bob)
    await read(bob, { seq: 1, unread: true })
    expect(await unread(bob)).to.deep.equal([1, 2])
    await read(bob, { seq: 2 })
    expect(await unread(bob)).to.deep.equal([2, 1])
  })

  it('a muted chat is shown as muted on every device', async () => {
    const socket = parley.socket(bob.token)
    await next(socket, 'ready')
    const received = next(socket, 'chat_muted')
    expect((await call(bob, 'PUT', `/chats/${chatId}/mute`, { muted: true })).status).to.equal(204)
    expect(await received).to.deep.equal({ chatId, muted: true })
    expect((await listed(bob))?.muted).to.equal(true)
    expect((await listed(alice))?.muted).to.equal(false)
    const again = parley.socket(bob.token)
    const ready = await next<{ chats: Record<string, { muted: boolean }> }>(again, 'ready')
    expect(ready.chats[chatId]?.muted).to.equal(true)
    await call(bob, 'PUT', `/chats/${chatId}/mute`, { muted: false })
    expect((await listed(bob))?.muted).to.equal(false)
  })

  it('a hidden chat is not listed until the next message, but can be read', async () => {
    await send(alice)
    await call(bob, 'PUT', `/chats/${chatId}/hide`, { hidden: true })
    expect(await listed(bob)).to.equal(undefined)
    expect(await listed(alice)).not.to.equal(undefined)
    expect((await call(bob, 'GET', `/chats/${chatId}`)).status).to.equal(200)
    await send(alice)
    expect((await listed(bob))?.unreadCount).to.equal(2)
    await call(bob, 'PUT', `/chats/${chatId}/hide`, { hidden: true })
    await call(bob, 'PUT', `/chats/${chatId}/hide`, { hidden: false })
    expect(await listed(bob)).not.to.equal(undefined)
  })

  it('a chat stays muted for a user who leaves and joins again', async () => {
    await call(bob, 'PUT', `/chats/${chatId}/mute`, { muted: true })
    await call(bob, 'POST', `/chats/${chatId}/leave`)
    await call(alice, 'POST', `/chats/${chatId}/participants`, { userId: bob.id })
    expect((await listed(bob))?.muted).to.equal(true)
  })

  it('a marker that is set back and hiding are sent to own devices only, a marker that advances to everyone', async () => {
    await send(alice)
    await send(alice)
    const [own, others] = [parley.socket(bob.token), parley.socket(alice.token)]
    const received: object[] = []
    others.on('read', (frame: object) => received.push(frame))
    others.on('chat_hidden', (frame: object) => received.push(frame))
    await Promise.all([next(own, 'ready'), next(others, 'ready')])
    const isBack = next(own, 'read')
    const hides = next(own, 'chat_hidden')
    const told = next(others, 'read')
    const back = { chatId, seq: 1, unread: true }
    expect(await own.emitWithAck('read', back)).to.include({ ok: true })
    expect(await isBack).to.deep.equal({ chatId, userId: bob.id, seq: 1 })
    await call(bob, 'PUT', `/chats/${chatId}/hide`, { hidden: true })
    expect(await hides).to.deep.equal({ chatId, hidden: true })
    await read(bob, { seq: 2 })
    await told
    expect(received).to.deep.equal([{ chatId, userId: bob.id, seq: 2 }])
  })

  it('a hidden direct chat is listed again with the next message', async () => {
    const made = await call(alice, 'POST', '/chats', { participantIds: [bob.id] })
    chatId = (made.body as { id: string }).id
    await send(alice)
    await call(bob, 'PUT', `/chats/${chatId}/hide`, { hidden: true })
    expect(await listed(bob)).to.equal(undefined)
    await send(alice)
    expect((await listed(bob))?.unreadCount).to.equal(2)
  })
})
