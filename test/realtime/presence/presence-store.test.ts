import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { openRedis, type RedisConnection } from '../../../src/limits/redis.js'
import { createLocalPresence } from '../../../src/realtime/presence/local-presence.js'
import type { PresenceStore } from '../../../src/realtime/presence/presence.js'
import { createRedisPresence } from '../../../src/realtime/presence/redis-presence.js'
import { createReleases, type Releases } from '../../../src/app/release.js'
import { eventually } from '../../support/eventually.js'
import { openOwnRedis, type OwnRedis } from '../../support/redis.js'

const clock = () => new Date()
/** Among the changes: the store has lost its data. */
const FORGOTTEN = '(forgotten)'
const report = { onFailure: () => undefined, onRecovery: () => undefined }

describe('presence', () => {
  let redis: OwnRedis | null
  let releases: Releases
  let logId: string

  before(async () => {
    redis = await openOwnRedis()
  })
  after(() => redis?.[Symbol.asyncDispose]())
  beforeEach(() => {
    releases = createReleases()
    logId = randomUUID()
  })
  afterEach(() => releases[Symbol.asyncDispose]())

  async function connect(url: string): Promise<RedisConnection> {
    const connection = releases.add(openRedis({ url, report }))
    await connection.tried
    return connection
  }

  /** A node of those that share the Redis. One that never beats again is as one that has crashed. */
  async function inRedis(
    { url }: OwnRedis,
    options: { ttlMs?: number; beatMs?: number; lookMs?: number } = { beatMs: 20, lookMs: 5 },
  ): Promise<PresenceStore> {
    const store = releases.add(createRedisPresence(await connect(url), { logId, report, clock, ...options }))
    await store.read(['anybody']) // after its first look for changes
    return store
  }

  const devices = async (store: PresenceStore, userId: string): Promise<number> =>
    (await store.read([userId]))[0]?.deviceCount ?? -1

  function changesOf(store: PresenceStore): string[] {
    const changes: string[] = []
    store.listen({ onChanged: (userId) => changes.push(userId), onForgotten: () => changes.push(FORGOTTEN) })
    return changes
  }

  const kinds: [string, () => Promise<PresenceStore> | null][] = [
    ['of one process', () => Promise.resolve(createLocalPresence(clock))],
    ['in Redis', () => (redis === null ? null : inRedis(redis))],
  ]

  for (const [kind, open] of kinds)
    describe(kind, () => {
      let store: PresenceStore

      beforeEach(async function () {
        store = (await open()) ?? this.skip()
      })

      it('counts the devices of a user, and tells of the first and the last', async () => {
        const changes = changesOf(store)
        for (const socketId of ['phone', 'laptop', 'phone']) store.connected({ userId: 'ada', socketId })
        await eventually(async () => expect(await devices(store, 'ada')).to.equal(2))
        store.disconnected({ userId: 'ada', socketId: 'phone' })
        await eventually(async () => expect(await devices(store, 'ada')).to.equal(1))
        await eventually(() => expect(changes).to.deep.equal(['ada']))
        store.disconnected({ userId: 'ada', socketId: 'laptop' })
        await eventually(() => expect(changes).to.deep.equal(['ada', 'ada']))
        expect(await devices(store, 'ada')).to.equal(0)
      })

      it('keeps when a user was seen last, and knows nothing of others', async () => {
        const began = Date.now()
        store.connected({ userId: 'ada', socketId: 'phone' })
        store.disconnected({ userId: 'ada', socketId: 'phone' })
        await eventually(async () => {
          const [ada, bob] = await store.read(['ada', 'bob'])
          expect(ada).to.deep.include({ userId: 'ada', isOnline: false, deviceCount: 0 })
          expect(ada?.lastSeen?.getTime()).to.be.within(began - 1_000, Date.now() + 1_000)
          expect(bob).to.deep.equal({ userId: 'bob', isOnline: false, lastSeen: null, deviceCount: 0 })
        })
      })

      it('forgets when an erased user was seen', async () => {
        store.connected({ userId: 'ada', socketId: 'phone' })
        store.disconnected({ userId: 'ada', socketId: 'phone' })
        await eventually(async () => expect((await store.read(['ada']))[0]?.lastSeen).to.be.instanceOf(Date))
        store.forget('ada')
        await eventually(async () => expect((await store.read(['ada']))[0]?.lastSeen).to.equal(null))
      })

      it('knows nothing of a socket that it does not know', async () => {
        const changes = changesOf(store)
        store.disconnected({ userId: 'ada', socketId: 'phone' })
        store.connected({ userId: 'bob', socketId: 'phone' })
        await eventually(() => expect(changes).to.deep.equal(['bob']))
      })
    })

  describe('of several nodes', () => {
    let shared: OwnRedis

    beforeEach(function () {
      shared = redis ?? this.skip()
    })

    it('is the same on all, and each learns of what changes on another', async () => {
      const [one, other] = [await inRedis(shared), await inRedis(shared)]
      const changes = changesOf(other)
      one.connected({ userId: 'ada', socketId: 'phone' })
      other.connected({ userId: 'ada', socketId: 'laptop' })
      await eventually(async () => expect(await devices(one, 'ada')).to.equal(2))
      await eventually(() => expect(changes).to.deep.equal(['ada']))
      one.disconnected({ userId: 'ada', socketId: 'phone' })
      other.disconnected({ userId: 'ada', socketId: 'laptop' })
      await eventually(() => expect(changes).to.deep.equal(['ada', 'ada']))
    })

    it('is kept by heartbeats, and lost with them', async () => {
      const ttlMs = 2_000
      const crashed = await inRedis(shared, { ttlMs, beatMs: 1_000_000, lookMs: 1_000_000 })
      const living = await inRedis(shared, { ttlMs, beatMs: 100, lookMs: 5 })
      const changes = changesOf(living)
      living.connected({ userId: 'bob', socketId: 'laptop' })
      await eventually(() => expect(changes.splice(0)).to.deep.equal(['bob']))
      crashed.connected({ userId: 'ada', socketId: 'phone' })
      await eventually(() => expect(changes.splice(0)).to.deep.equal(['ada']))
      await eventually(() => expect(changes).to.deep.equal(['ada']))
      expect(await devices(living, 'ada')).to.equal(0)
      expect((await living.read(['ada']))[0]?.lastSeen).to.be.instanceOf(Date)
      expect(await devices(living, 'bob')).to.equal(1)
    })

    it('is over for the sockets of a node that stops', async () => {
      const [stopping, other] = [await inRedis(shared), await inRedis(shared)]
      stopping.connected({ userId: 'ada', socketId: 'phone' })
      await eventually(async () => expect(await devices(other, 'ada')).to.equal(1))
      await stopping[Symbol.asyncDispose]()
      expect(await devices(other, 'ada')).to.equal(0)
    })

    it('of a crashed node is over within 30 s, by the times in use', async () => {
      const connection = await connect(shared.url)
      const crashed = releases.add(createRedisPresence(connection, { logId, report, clock, beatMs: 1_000_000 }))
      crashed.connected({ userId: 'ada', socketId: 'phone' })
      await eventually(async () => expect(await devices(crashed, 'ada')).to.equal(1))
      const [seconds = 0] = await connection.client.time()
      const end = await connection.client.zscore(`parley:{presence:${logId}}:sockets:ada`, 'phone')
      // Other nodes look once a second, and push what they find a second later.
      expect(Number(end)).to.be.within(seconds * 1_000, (seconds + 28) * 1_000)
    })

    it('tells of those who came and went while Redis was away and forgot everything', async () => {
      const [store, other] = [await inRedis(shared), await inRedis(shared)]
      const changes = changesOf(store)
      for (const userId of ['bob', 'eve']) other.connected({ userId, socketId: `laptop of ${userId}` })
      await eventually(() => expect(changes.splice(0)).to.have.members(['bob', 'eve']))
      shared.process.kill('SIGKILL')
      await eventually(async () => expect(await devices(store, 'bob')).to.equal(0))
      other.disconnected({ userId: 'bob', socketId: 'laptop of bob' })
      other.connected({ userId: 'ada', socketId: 'phone' })
      await shared.restart()
      await eventually(() => expect(changes).to.include.members(['ada', 'eve', FORGOTTEN]))
      expect(changes).not.to.include('bob')
      expect(changes.filter((change) => change === FORGOTTEN)).to.have.length(1)
    })

    it('is that of the own node while Redis is away, and of all once it is back, though Redis has forgotten everything', async () => {
      const [store, other] = [await inRedis(shared), await inRedis(shared)]
      other.connected({ userId: 'bob', socketId: 'laptop' })
      await eventually(async () => expect(await devices(store, 'bob')).to.equal(1))
      shared.process.kill('SIGKILL')
      await eventually(async () => expect(await devices(store, 'bob')).to.equal(0))
      store.connected({ userId: 'ada', socketId: 'phone' })
      expect(await devices(store, 'ada')).to.equal(1)
      await shared.restart()
      const changes = changesOf(other)
      await eventually(async () => expect(await devices(store, 'bob')).to.equal(1))
      await eventually(async () => expect(await devices(other, 'ada')).to.equal(1))
      store.disconnected({ userId: 'ada', socketId: 'phone' })
      await eventually(() => expect(changes).to.include('ada'))
      expect(await devices(other, 'ada')).to.equal(0)
    })
  })
})
