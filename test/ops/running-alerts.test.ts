import { once } from 'node:events'
import { expect } from 'chai'
import { openBreakableProxy, type BreakableProxy } from '../support/breakable-proxy.js'
import { eventually } from '../support/eventually.js'
import { hasPrometheus, startPrometheus, type TestPrometheus } from '../support/prometheus.js'
import { openOwnRedis, type OwnRedis } from '../support/redis.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'

/** An alert is pending as soon as its expression holds, and fires when it has held as long as its rule says. */
describe('alerts on a Prometheus that scrapes a running server', () => {
  let database: TestDatabase
  let proxy: BreakableProxy
  let redis: OwnRedis
  let parley: TestApp
  let prometheus: TestPrometheus

  before(async function () {
    const found = hasPrometheus() ? await openOwnRedis() : null
    if (found === null) return this.skip()
    redis = found
    database = await createTestDatabase()
    proxy = await openBreakableProxy(database.url)
    parley = await startTestApp({ databaseUrl: proxy.url, keysDatabaseUrl: database.keysUrl, redisUrl: redis.url })
    prometheus = await startPrometheus(new URL(parley.app.url).host)
  })

  after(async () => {
    await prometheus[Symbol.asyncDispose]()
    await parley[Symbol.asyncDispose]()
    await proxy[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  })

  async function activeAlerts(): Promise<string[]> {
    const { alerts } = await prometheus.ask<{ alerts: { labels: { alertname: string } }[] }>('alerts')
    return alerts.map(({ labels }) => labels.alertname)
  }
  const isQuiet = (): Promise<void> =>
    eventually(async () => {
      const { result } = await prometheus.ask<{ result: unknown[] }>('query', { query: 'node_ready == 1' })
      expect(result).to.have.length(1)
      expect(await activeAlerts()).to.deep.equal([])
    })
  const raises = (...names: string[]): Promise<void> =>
    eventually(async () => {
      expect(await activeAlerts()).to.include.members(names)
    })

  beforeEach(isQuiet)
  afterEach(isQuiet)

  it('Redis that is killed, until it is back', async () => {
    const exited = once(redis.process, 'exit')
    redis.process.kill('SIGKILL')
    await exited
    await raises('ParleyRedisAway')
    await redis.restart()
  })

  it('a database that cannot be reached, until it is back', async () => {
    proxy.cut()
    await raises('ParleyComponentDown', 'ParleyNodeNotReady', 'ParleyNoNodeReady')
    proxy.restore()
  })

  it('a projection that is paused, until its failure is cleared', async () => {
    const pool = parley.app.core.databases.main
    const set = (failure: string | null) =>
      pool.query(`update projections set failure = $1 where name = 'audit_trail'`, [failure])
    await set('{"code": "test", "stream": "chat-1", "eventType": "MessageSent", "position": "", "at": ""}')
    await raises('ParleyProjectionPaused')
    await set(null)
  })
})
