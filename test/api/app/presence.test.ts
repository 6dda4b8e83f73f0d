import { expect } from 'chai'
import { eventually } from '../../support/eventually.js'
import { readySocket } from '../../support/ready-socket.js'
import { openTestRedis, type TestRedis } from '../../support/redis.js'
import { startTestApp, type Answer, type Node, type TestApp, type TestUser } from '../../support/test-app.js'

interface Presence {
  userId: string
  isOnline: boolean
  lastSeen: string | null
  deviceCount?: number
}

for (const kind of ['on one node', 'on two nodes of one Redis'] as const)
  describe(`presence, ${kind}`, () => {
    let redis: TestRedis | null = null
    let parley: TestApp
    /** On which Ada connects. */
    let adasNode: Pick<Node, 'socket'>
    let ada: TestUser
    let bob: TestUser
    let eve: TestUser

    before(async function () {
      if (kind !== 'on one node') redis = (await openTestRedis()) ?? this.skip()
      parley = await startTestApp({ redisUrl: redis?.url ?? null })
      adasNode = redis === null ? parley : await parley.startNode()
    })
    after(async () => {
      await parley[Symbol.asyncDispose]()
      await redis?.[Symbol.asyncDispose]()
    })

    beforeEach(async () => {
      ;[ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
      const body = { participantIds: [bob.id], name: 'Garden' }
      expect((await parley.call('POST', '/chats', { token: ada.token, body })).status).to.equal(201)
    })

    const ask = (who: TestUser, of: TestUser): Promise<Answer> =>
      parley.call('GET', `/users/${of.id}/presence`, { token: who.token })

    const presenceOf = async (of: TestUser, as: TestUser): Promise<Presence> => {
      const answer = await ask(as, of)
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
      return answer.body as Presence
    }

    const change = async (who: TestUser, body: object): Promise<void> => {
      expect((await parley.call('PATCH', '/users/me', { token: who.token, body })).status).to.equal(200)
    }

    const connect = (who: TestUser, node: Pick<Node, 'socket'>) => readySocket<Presence>(node, who, 'presence', [])

    it('is seen by those who share a chat, and how many devices only by oneself', async () => {
      expect(await presenceOf(ada, bob)).to.deep.equal({ userId: ada.id, isOnline: false, lastSeen: null })
      const sockets = [await connect(ada, adasNode), await connect(ada, adasNode)]
      await eventually(async () => expect(await presenceOf(ada, ada)).to.include({ isOnline: true, deviceCount: 2 }))
      const seen = await presenceOf(ada, bob)
      expect(Object.keys(seen)).to.deep.equal(['userId', 'isOnline', 'lastSeen'])
      expect(seen.isOnline).to.equal(true)
      for (const { socket } of sockets) socket.disconnect()
      await eventually(async () => expect(await presenceOf(ada, bob)).to.include({ isOnline: false }))
      expect(Date.parse((await presenceOf(ada, bob)).lastSeen ?? '')).to.be.within(
        Date.now() - 60_000,
        Date.now() + 1_000,
      )
    })

    it('is not seen by others, who get the same answer for users that do not exist', async () => {
      const nobody = { ...ada, id: '00000000-0000-4000-8000-000000000000' }
      for (const of of [ada, nobody]) {
        const { status, body } = await ask(eve, of)
        expect([status, (body as { code: string }).code]).to.deep.equal([404, 'user-not-found'])
      }
      const path = `/presence?ids=${[ada, bob, eve, nobody].map(({ id }) => id).join(',')}`
      const answers = async (who: TestUser): Promise<string[]> =>
        ((await parley.call('GET', path, { token: who.token })).body as Presence[]).map(({ userId }) => userId).sort()
      expect(await answers(eve)).to.deep.equal([eve.id])
      expect(await answers(bob)).to.deep.equal([ada.id, bob.id].sort())
    })

    it('is pushed to those who share a chat', async () => {
      const [bobs, eves] = [await connect(bob, parley), await connect(eve, parley)]
      const { socket } = await connect(ada, adasNode)
      await eventually(() => expect(bobs.seen.map(({ userId }) => userId)).to.include(ada.id))
      const ofAda = (): boolean[] => bobs.seen.filter(({ userId }) => userId === ada.id).map(({ isOnline }) => isOnline)
      expect(ofAda()).to.deep.equal([true])
      socket.disconnect()
      await eventually(() => expect(ofAda()).to.deep.equal([true, false]))
      expect(eves.seen).to.deep.equal([])
    })

    it('is shown or not as its user wishes, but to oneself', async () => {
      const me = async (): Promise<unknown> => (await parley.call('GET', '/users/me', { token: ada.token })).body
      expect(await me()).to.include({ showPresence: true })
      await change(ada, { showPresence: false })
      expect(await me()).to.include({ showPresence: false })
      const bobs = await connect(bob, parley)
      const adas = await connect(ada, adasNode)
      await eventually(async () => expect(await presenceOf(ada, ada)).to.include({ isOnline: true, deviceCount: 1 }))
      expect(await presenceOf(ada, bob)).to.deep.equal({ userId: ada.id, isOnline: false, lastSeen: null })
      const ofAda = (): boolean[] => bobs.seen.filter(({ userId }) => userId === ada.id).map(({ isOnline }) => isOnline)
      await change(ada, { showPresence: true })
      await eventually(async () => expect(await presenceOf(ada, bob)).to.include({ isOnline: true }))
      await eventually(() => expect(ofAda().at(-1)).to.equal(true))
      await change(ada, { showPresence: false })
      await eventually(() => expect(ofAda().at(-1)).to.equal(false))
      adas.socket.disconnect()
    })
  })
