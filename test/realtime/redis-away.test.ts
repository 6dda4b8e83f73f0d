import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { readySocket } from '../support/ready-socket.js'
import { openOwnRedis, type OwnRedis } from '../support/redis.js'
import { startTestApp, type Node, type TestApp, type TestUser } from '../support/test-app.js'

const PATIENT = { timeoutMs: 60_000 }

describe('while Redis is away', function () {
  this.timeout(240_000)
  let redis: OwnRedis | null = null
  let own: OwnRedis
  let parley: TestApp
  let other: Node
  let ada: TestUser
  let bob: TestUser
  let chatId: string

  before(async function () {
    redis = await openOwnRedis()
    own = redis ?? this.skip()
    parley = await startTestApp({ redisUrl: own.url })
    other = await parley.startNode()
    ada = await parley.register('Ada')
    bob = await parley.register('Bob')
    const body = { participantIds: [bob.id], name: 'Garden' }
    chatId = ((await parley.call('POST', '/chats', { token: ada.token, body })).body as { id: string }).id
  })
  after(async () => {
    if (redis !== null) await parley[Symbol.asyncDispose]()
    await redis?.[Symbol.asyncDispose]()
  })

  /** What each node says of itself: the whole, and Redis. */
  const readiness = (): Promise<unknown[]> =>
    Promise.all(
      [parley, other].map(async ({ call }) => {
        const { status, body } = await call('GET', '/readyz')
        const { status: whole, components } = body as { status: string; components: { redis: { status: string } } }
        return [status, whole, components.redis.status]
      }),
    )

  /** Whether each sees the other online, asked at their own node. */
  async function onlineSeen(): Promise<boolean[]> {
    const asked = [
      { call: parley.call, token: ada.token, id: bob.id },
      { call: other.call, token: bob.token, id: ada.id },
    ]
    const answers = await Promise.all(
      asked.map(({ call, token, id }) => call('GET', `/users/${id}/presence`, { token })),
    )
    return answers.map(({ body }) => (body as { isOnline: boolean }).isOnline)
  }

  it('messages reach the sockets of all nodes, /readyz is degraded, and presence is whole again once it is back', async () => {
    const adas = await readySocket<{ content: string }>(parley, ada, 'new_message', [])
    const bobs = await readySocket<{ content: string }>(other, bob, 'new_message', [])
    await eventually(async () => expect(await onlineSeen()).to.deep.equal([true, true]), PATIENT)
    const healthy = [200, 'ok', 'ok']
    await eventually(async () => expect(await readiness()).to.deep.equal([healthy, healthy]), PATIENT)

    own.process.kill('SIGKILL')
    const degraded = [200, 'degraded', 'degraded']
    await eventually(async () => expect(await readiness()).to.deep.equal([degraded, degraded]), PATIENT)
    for (const { socket, content } of [
      { socket: adas.socket, content: 'From Ada' },
      { socket: bobs.socket, content: 'From Bob' },
    ])
      expect(await socket.timeout(30_000).emitWithAck('send_message', { chatId, content })).to.include({ ok: true })
    const contents = ['From Ada', 'From Bob']
    for (const { seen } of [adas, bobs])
      await eventually(() => expect(seen.map(({ content }) => content)).to.deep.equal(contents), PATIENT)
    expect(await onlineSeen()).to.deep.equal([false, false]) // each node knows its own sockets alone

    await own.restart()
    await eventually(async () => expect(await onlineSeen()).to.deep.equal([true, true]), PATIENT)
    await eventually(async () => expect(await readiness()).to.deep.equal([healthy, healthy]), PATIENT)
  })
})
