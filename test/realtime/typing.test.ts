import { expect } from 'chai'
import { Redis } from 'ioredis'
import type { Socket } from 'socket.io-client'
import { eventually } from '../support/eventually.js'
import { readySocket } from '../support/ready-socket.js'
import { openTestRedis, type TestRedis } from '../support/redis.js'
import { startTestApp, type Node, type TestApp, type TestUser } from '../support/test-app.js'

interface Ack {
  ok: boolean
  error?: { code: string }
}

for (const kind of ['on one node', 'on two nodes of one Redis'] as const)
  describe(`typing, ${kind}`, () => {
    let redis: TestRedis | null = null
    let parley: TestApp
    let now: Date
    /** On which Bob and Eve connect. */
    let other: Pick<Node, 'socket'>
    let ada: TestUser
    let bob: TestUser
    let eve: TestUser
    let chatId: string

    before(async function () {
      if (kind !== 'on one node') redis = (await openTestRedis()) ?? this.skip()
      now = new Date()
      const clock = (): Date => now
      parley = await startTestApp({ redisUrl: redis?.url ?? null }, { clock })
      other = redis === null ? parley : await parley.startNode({ clock })
    })
    after(async () => {
      await parley[Symbol.asyncDispose]()
      await redis?.[Symbol.asyncDispose]()
    })

    beforeEach(async () => {
      ;[ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
      const body = { participantIds: [bob.id], name: 'Garden' }
      const created = await parley.call('POST', '/chats', { token: ada.token, body })
      expect(created.status, JSON.stringify(created.body)).to.equal(201)
      chatId = (created.body as { id: string }).id
    })

    const connect = (who: TestUser, node: Pick<Node, 'socket'>) => readySocket<object>(node, who, 'typing', [])

    const type = (socket: Socket): Promise<Ack> => socket.emitWithAck('typing', { chatId }) as Promise<Ack>

    it('is announced to the other participants, and to nobody else', async () => {
      const [adas, adasSecond] = [await connect(ada, parley), await connect(ada, other)]
      const [bobs, eves] = [await connect(bob, other), await connect(eve, other)]
      adas.socket.emit('typing', { chatId })
      await eventually(() => expect(bobs.seen).to.deep.equal([{ chatId, userId: ada.id }]))
      expect([adas.seen, adasSecond.seen, eves.seen]).to.deep.equal([[], [], []])
      expect(await type(eves.socket)).to.deep.include({ ok: false })
      expect((await type(eves.socket)).error?.code).to.equal('not-authorized')
    })

    it('is announced at most once in three seconds', async () => {
      const [adas, bobs] = [await connect(ada, parley), await connect(bob, other)]
      const moments = [0, 2_999, 3_001, 6_002]
      for (const [index, moment] of moments.entries()) {
        now = new Date(Date.UTC(2030, 0, 1) + moment)
        expect(await type(adas.socket)).to.deep.equal({ ok: true })
        if (index !== 1) await eventually(() => expect(bobs.seen).to.have.length(index === 0 ? 1 : index))
      }
      expect(bobs.seen).to.have.length(3)
    })

    if (kind === 'on one node') return
    it('is no announcement what others write to the same Redis', async () => {
      const [adas, bobs] = [await connect(ada, parley), await connect(bob, other)]
      const stranger = new Redis(redis?.url ?? '')
      const channel = `parley:typing:${parley.app.core.log.id}`
      for (const text of ['no JSON', '{}', JSON.stringify({ node: 1, chatId, userId: ada.id })])
        expect(await stranger.publish(channel, text)).to.equal(2)
      stranger.disconnect()
      expect(await type(adas.socket)).to.deep.equal({ ok: true })
      await eventually(() => expect(bobs.seen).to.deep.equal([{ chatId, userId: ada.id }]))
    })
  })
