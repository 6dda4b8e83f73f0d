import { expect } from 'chai'
import { createReleases, type Releases } from '../../../src/app/release.js'
import { withTimeout } from '../../../src/async/with-timeout.js'
import { openBreakableProxy } from '../../support/breakable-proxy.js'
import { startOwnPostgres } from '../../support/own-postgres.js'
import { startTestApp, type Node, type TestApp, type TestUser } from '../../support/test-app.js'
import { chosen } from './outage.js'
import { postgresOutages, type PostgresServer } from './postgres-outages.js'

/** More than any call may take: a node that never stops takes longer. */
const STOPPED_MS = 60_000

describe('a node stops while its database', function () {
  this.timeout(300_000)
  let servers: Record<'main' | 'keys', PostgresServer>
  let parley: TestApp
  let node: Node
  let ada: TestUser
  let releases: Releases

  async function startPostgres(): Promise<PostgresServer> {
    const own = releases.add(await startOwnPostgres())
    return { own, disk: null, proxy: releases.add(await openBreakableProxy(own.url)) }
  }

  before(async () => {
    releases = createReleases()
    servers = { main: await startPostgres(), keys: await startPostgres() }
    const { main, keys } = servers
    const config = { databaseUrl: main.proxy.url, keysDatabaseUrl: keys.proxy.url, redisUrl: null }
    parley = releases.add(await startTestApp(config))
    ada = await parley.register('Ada')
  })
  beforeEach(async () => {
    node = await parley.startNode()
  })
  after(() => releases[Symbol.asyncDispose]())

  const post = (): Promise<unknown> =>
    node.call('POST', '/chats', { token: ada.token, body: { participantIds: [], name: 'Notes' } })

  for (const part of ['main', 'keys'] as const)
    for (const { way, begin, end } of chosen(postgresOutages))
      it(`${way} (${part})`, async () => {
        await post()
        const underWay = [post(), post()]
        try {
          await begin(servers[part])
          await Promise.all([...underWay, post()])
          await withTimeout(STOPPED_MS, Promise.resolve(node.app[Symbol.asyncDispose]()))
        } finally {
          await end(servers[part])
        }
        expect(await Promise.allSettled(underWay)).to.have.length(2)
      })
})
