import { expect } from 'chai'
import { openTestRedis, type TestRedis } from '../../support/redis.js'
import { startTestApp, type Node, type TestApp, type TestUser } from '../../support/test-app.js'

describe('reading what was written on another node', function () {
  this.timeout(240_000)
  let redis: TestRedis | null
  let parley: TestApp
  let other: Node
  let ada: TestUser
  let chatId: string

  before(async function () {
    redis = await openTestRedis()
    if (redis === null) return this.skip()
    parley = await startTestApp({ redisUrl: redis.url })
    other = await parley.startNode()
    ada = await parley.register('Ada')
    const body = { participantIds: [], name: 'Notes' }
    chatId = ((await parley.call('POST', '/chats', { token: ada.token, body })).body as { id: string }).id
  })
  after(async () => {
    if (redis === null) return
    await parley[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  it('waits there for the user’s own last command, in both directions, each time', async () => {
    const nodes = [parley, other]
    for (let round = 0; round < 20; round++) {
      const [written, read] = round % 2 === 0 ? nodes : [...nodes].reverse()
      const body = { content: `message ${round}` }
      const sent = await written!.call('POST', `/chats/${chatId}/messages`, { token: ada.token, body })
      const page = await read!.call('GET', `/chats/${chatId}/messages?limit=1`, { token: ada.token })
      expect(page.status).to.equal(200)
      expect((page.body as { id: string }[]).map(({ id }) => id)).to.deep.equal([(sent.body as { id: string }).id])
    }
  })
})
