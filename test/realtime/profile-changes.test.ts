import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { startTestApp, type Node, type TestApp, type TestUser } from '../support/test-app.js'

interface Frame {
  event: string
  payload: { id?: string; name?: string; content?: string }
}

describe('a changed profile, on two nodes', () => {
  let parley: TestApp
  let other: Node

  before(async () => {
    parley = await startTestApp()
    other = await parley.startNode()
  })
  after(() => parley[Symbol.asyncDispose]())

  async function listen(who: TestUser, node: Pick<Node, 'socket'>): Promise<Frame[]> {
    const socket = node.socket(who.token)
    const seen: Frame[] = []
    socket.onAny((event: string, payload: Frame['payload']) => void seen.push({ event, payload }))
    await eventually(() => expect(seen.map(({ event }) => event)).to.include('ready'))
    return seen
  }

  it('reaches each socket of users who share a chat once, however many chats they share, and nobody else', async () => {
    const [ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
    const post = (path: string, who: TestUser, body: object) => parley.call('POST', path, { token: who.token, body })
    const chatIds: string[] = []
    for (const name of ['one', 'two', 'three']) {
      const { body } = await post('/chats', ada, { participantIds: [bob.id], name })
      chatIds.push((body as { id: string }).id)
    }
    await post('/chats', eve, { participantIds: [], name: 'alone' })
    const sharing = [
      [ada, parley],
      [ada, other],
      [bob, parley],
      [bob, other],
      [bob, other],
    ] as const
    const seen = await Promise.all(sharing.map(([who, node]) => listen(who, node)))
    const stranger = await listen(eve, other)

    const renamed = await parley.call('PATCH', '/users/me', { token: ada.token, body: { name: 'Ada Lovelace' } })
    expect(renamed.status).to.equal(200)
    for (const chatId of chatIds) await post(`/chats/${chatId}/messages`, bob, { content: 'after' })
    for (const frames of seen) {
      await eventually(() => expect(frames.filter(({ event }) => event === 'new_message')).to.have.length(3))
      const changes = frames.filter(({ event }) => event === 'profile_changed')
      expect(changes.map(({ payload }) => [payload.id, payload.name])).to.deep.equal([[ada.id, 'Ada Lovelace']])
    }
    expect(stranger.filter(({ event }) => event === 'profile_changed')).to.deep.equal([])
  })
}).timeout(240_000)
