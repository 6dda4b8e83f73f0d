import { expect } from 'chai'
import { Redis } from 'ioredis'
import { createRateLimit, isRefused, type RateLimit } from '../../src/limits/rate-limit.js'
import { openRedis, type RedisConnection } from '../../src/limits/redis.js'
import { eventually } from '../support/eventually.js'
import { noFailures } from '../support/failure-report.js'
import { recordedReport, type RecordedReport } from '../support/recorded-report.js'
import { openOwnRedis, openTestRedis, type OwnRedis, type TestRedis } from '../support/redis.js'
import { next, startTestApp, type Answer, type TestUser, type TestApp } from '../support/test-app.js'
import { uuid } from '../support/uuid.js'

const PER_MINUTE = 30

interface Ack {
  ok: boolean
  error?: { code: string; retryAfterSeconds: number }
}

const statusesOf = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status)

describe('the message limit on two nodes of one Redis', () => {
  let redis: TestRedis | null
  let first: TestApp
  let second: TestApp
  let alice: TestUser
  let chatId: string

  before(async function () {
    redis = await openTestRedis()
    if (redis === null) this.skip()
    first = await startTestApp({ rateLimitMessagesPerMinute: PER_MINUTE, redisUrl: redis.url })
    second = await startTestApp(first.config)
  })

  after(async () => {
    await second[Symbol.asyncDispose]()
    await first[Symbol.asyncDispose]()
    await redis?.[Symbol.asyncDispose]()
  })

  beforeEach(async () => {
    alice = await first.register('Alice')
    const bob = await first.register('Bob')
    const chat = await first.call('POST', '/chats', { token: alice.token, body: { participantIds: [bob.id] } })
    chatId = (chat.body as { id: string }).id
  })

  const send = (node: TestApp, clientMessageId?: string): Promise<Answer> =>
    node.call('POST', `/chats/${chatId}/messages`, { token: alice.token, body: { content: 'hi', clientMessageId } })

  const nodeOf = (index: number): TestApp => (index % 2 === 0 ? first : second)

  it('both report Redis as healthy', async () => {
    for (const { body } of [await first.call('GET', '/readyz'), await second.call('GET', '/readyz')]) {
      expect(body).to.include({ status: 'ok' })
      expect((body as { components: { redis: object } }).components.redis).to.include({ status: 'ok', reason: null })
    }
  })

  it('accepts 30 messages over both nodes, REST and sockets together; the 31st is refused with Retry-After by both', async () => {
    const socket = second.socket(alice.token)
    await next(socket, 'ready')
    for (let index = 0; index < 20; index++) expect((await send(nodeOf(index))).status).to.equal(201)
    for (let index = 0; index < 10; index++) {
      const ack = (await socket.emitWithAck('send_message', { chatId, content: 'hi' })) as Ack
      expect(ack.ok).to.equal(true)
    }
    for (const node of [first, second]) {
      const refused = await send(node)
      expect(refused.body).to.include({ status: 429, code: 'rate-limited' })
      expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60)
      expect(refused.headers.get('ratelimit-policy')).to.equal('"messages";q=30;w=60')
      expect(refused.headers.get('ratelimit')).to.match(/^"messages";r=0;t=\d+$/)
    }
    const ack = (await socket.emitWithAck('send_message', { chatId, content: 'hi' })) as Ack
    expect(ack.error).to.include({ code: 'rate-limited' })
    expect(ack.error?.retryAfterSeconds).to.be.within(1, 60)
  })

  it('accepts exactly 30 of 80 concurrent messages on both nodes', async () => {
    const statuses = statusesOf(await Promise.all(Array.from({ length: 80 }, (_, index) => send(nodeOf(index)))))
    expect(statuses.filter((status) => status === 201)).to.have.length(PER_MINUTE)
    expect(statuses.filter((status) => status === 429)).to.have.length(80 - PER_MINUTE)
  })

  it('accepts the first message of the next window, on the other node', async () => {
    for (let index = 0; index < PER_MINUTE; index++) await send(first)
    expect((await send(first)).status).to.equal(429)
    await endWindow(alice.id)
    const passed = await send(second)
    expect(passed.status).to.equal(201)
    expect(passed.headers.get('ratelimit')).to.match(/^"messages";r=29;t=60$/)
  })

  it('does not count repeats on either node, also over the limit, nor refusals', async () => {
    for (let index = 0; index < PER_MINUTE; index++) await send(first, `m${index}`)
    for (let repeat = 0; repeat < 3; repeat++) expect((await send(second, 'm7')).status).to.equal(201)
    expect((await send(second, 'new')).status).to.equal(429)
    await endWindow(alice.id)
    for (let repeat = 0; repeat < 40; repeat++) expect((await send(nodeOf(repeat), 'm7')).status).to.equal(201)
    const statuses = []
    for (let index = 0; index < PER_MINUTE + 1; index++) statuses.push((await send(nodeOf(index))).status)
    expect(statuses.indexOf(429)).to.equal(PER_MINUTE)
  })

  async function endWindow(userId: string): Promise<void> {
    const client = new Redis(redis!.url)
    expect(await client.del(`parley:limit:messages:${userId}`)).to.equal(1)
    await client.quit()
  }
})

for (const where of ['on this node', 'through Redis'] as const) {
  describe(`a limit ${where}`, () => {
    let redis: TestRedis | null = null
    let connection: RedisConnection | null = null

    before(async function () {
      if (where === 'on this node') return
      redis = await openTestRedis()
      if (redis === null) return this.skip()
      connection = openRedis({ url: redis.url, report: noFailures })
      await connection.tried
    })

    after(async () => {
      await connection?.[Symbol.asyncDispose]()
      await redis?.[Symbol.asyncDispose]()
    })

    const newLimit = (seconds: number): RateLimit =>
      createRateLimit({ name: 'test', points: 2, seconds, redis: connection })

    it('is not changed by refusals, and points given back are available again', async () => {
      const limit = newLimit(60)
      const key = uuid(`refused ${where}`)
      const first = await limit.take(key)
      expect(await limit.take(key)).to.include({ remaining: 0, limit: 2, windowSeconds: 60 })
      for (let time = 0; time < 5; time++) expect(isRefused(await limit.take(key))).to.equal(true)
      if (!isRefused(first)) await first.giveBack()
      expect([isRefused(await limit.take(key)), isRefused(await limit.take(key))]).to.deep.equal([false, true])
    })

    it('starts again when the window is over, and ignores points given back after that', async () => {
      const limit = newLimit(3)
      const key = uuid(`window ${where}`)
      const [old] = [await limit.take(key), await limit.take(key)]
      await eventually(async () => expect(isRefused(await limit.take(key))).to.equal(false))
      if (!isRefused(old)) await old.giveBack()
      expect([isRefused(await limit.take(key)), isRefused(await limit.take(key))]).to.deep.equal([false, true])
    })
  })
}

describe('a window in Redis after its clock was set back an hour', () => {
  let redis: TestRedis | null
  let connection: RedisConnection

  before(async function () {
    redis = await openTestRedis()
    if (redis === null) return this.skip()
    connection = openRedis({ url: redis.url, report: noFailures })
    await connection.tried
  })
  after(async () => {
    if (redis === null) return
    await connection[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  it('ends after its length', async () => {
    const key = uuid('clock set back')
    const limit = createRateLimit({ name: 'test', points: 1, seconds: 60, redis: connection })
    await limit.take(key)
    const [stored] = await connection.client.keys(`parley:limit:test:${key}`)
    await connection.client.pexpire(stored!, 3_660_000)
    const refused = await limit.take(key)
    expect(isRefused(refused)).to.equal(true)
    expect(refused.resetMs).to.be.within(1, 60_000)
    expect(await connection.client.pttl(stored!)).to.be.within(1, 60_000)
  })
})

describe('when Redis fails', () => {
  let redis: OwnRedis | null
  let changes: string[]
  let report: RecordedReport
  let connections: RedisConnection[]
  let nodes: [RateLimit, RateLimit]

  beforeEach(async function () {
    redis = await openOwnRedis()
    if (redis === null) return this.skip()
    changes = []
    report = recordedReport()
    const { url } = redis
    connections = [0, 1].map(() => openRedis({ url, report, onChange: (state) => changes.push(state) }))
    await allAre('ok')
    nodes = connections.map((connection) =>
      createRateLimit({ name: 'test', points: 3, seconds: 60, redis: connection }),
    ) as never
  })

  afterEach(async () => {
    for (const connection of connections) await connection[Symbol.asyncDispose]()
    await redis?.[Symbol.asyncDispose]()
  })

  const allAre = (status: 'ok' | 'degraded') =>
    eventually(async () => {
      for (const connection of connections) expect((await connection.health()).status).to.equal(status)
    })

  const passing = async (limit: RateLimit, times: number, key: string): Promise<number> => {
    const taken = []
    for (let time = 0; time < times; time++) taken.push(isRefused(await limit.take(key)))
    return taken.filter((refused) => !refused).length
  }

  it('killed: each node applies the limit by itself; restarted: they count together again', async () => {
    const key = uuid('killed')
    expect([await passing(nodes[0], 2, key), await passing(nodes[1], 9, key)]).to.deep.equal([2, 1])

    process.kill(redis!.process.pid!, 'SIGKILL')
    await allAre('degraded')
    expect([await passing(nodes[0], 9, key), await passing(nodes[1], 9, key)]).to.deep.equal([3, 3])
    expect(changes).to.deep.equal(['away', 'away'])

    await redis!.restart()
    await allAre('ok')
    expect([await passing(nodes[0], 2, key), await passing(nodes[1], 9, key)]).to.deep.equal([2, 1])
    expect(changes).to.deep.equal(['away', 'away', 'back', 'back'])
  })

  it('hanging: the first command waits for it, the following ones do not until it answers again', async () => {
    const key = uuid('hanging')
    process.kill(redis!.process.pid!, 'SIGSTOP')
    try {
      expect(await passing(nodes[0], 1, key)).to.equal(1)
      expect(changes).to.deep.equal(['away'])
      const failed = await connections[0]!.client.ping().catch((error: unknown) => error)
      expect(failed).to.be.instanceOf(Error)
      expect(await passing(nodes[0], 9, key)).to.equal(2)
    } finally {
      process.kill(redis!.process.pid!, 'SIGCONT')
    }
    await allAre('ok')
  })

  it('full: a node counts for itself while writes are refused, which is reported once, and its end once', async () => {
    const key = uuid('full')
    const [{ client }] = connections as [RedisConnection]
    await client.config('SET', 'maxmemory', '1')
    expect(await passing(nodes[0], 9, key)).to.equal(3)
    expect(report.lines).to.have.length(1)
    expect(report.lines[0]).to.match(/^redis failed: OOM /)
    await client.config('SET', 'maxmemory', '0')
    expect(await passing(nodes[0], 9, key)).to.equal(3)
    expect(report.lines).to.have.length(2)
    expect(report.lines[1]).to.equal('redis recovered')
    expect(changes).to.deep.equal([])
  })

  it('hanging under load: the connection is dropped once, whatever waits for it', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): unknown => warnings.push(warning)
    process.on('warning', note)
    process.kill(redis!.process.pid!, 'SIGSTOP')
    try {
      await Promise.all(Array.from({ length: 50 }, () => nodes[0].take(uuid('load'))))
      await allAre('degraded')
    } finally {
      process.kill(redis!.process.pid!, 'SIGCONT')
      process.off('warning', note)
    }
    expect(warnings).to.deep.equal([])
    await allAre('ok')
  })

  it('a node that was busy for long uses the answer that has arrived, and does not take Redis for failed', async () => {
    const taking = nodes[0].take(uuid('busy'))
    for (const until = performance.now() + 500; performance.now() < until;);
    expect(isRefused(await taking)).to.equal(false)
    expect(await connections[0]!.health()).to.include({ status: 'ok' })
    expect(changes).to.deep.equal([])
  })

  it('at the start of a node: the node serves, reports it in /readyz, and applies the limit', async () => {
    process.kill(redis!.process.pid!, 'SIGKILL')
    await using parley = await startTestApp({ rateLimitMessagesPerMinute: 2, redisUrl: redis!.url })
    const ready = await parley.call('GET', '/readyz')
    expect(ready.body).to.deep.include({ status: 'degraded' })
    expect((ready.body as { components: { redis: object } }).components.redis).to.include({ status: 'degraded' })
    const alice = await parley.register('Alice')
    const chat = await parley.call('POST', '/chats', { token: alice.token, body: { participantIds: [], name: 'Team' } })
    const path = `/chats/${(chat.body as { id: string }).id}/messages`
    const statuses = []
    for (let index = 0; index < 3; index++)
      statuses.push((await parley.call('POST', path, { token: alice.token, body: { content: 'hi' } })).status)
    expect(statuses).to.deep.equal([201, 201, 429])
    expect((await parley.call('GET', '/metrics')).body).to.match(/redis_away 1/)
  })
})
