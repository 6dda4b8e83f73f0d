import { expect } from 'chai'
import { openTestRedis, type TestRedis } from '../support/redis.js'
import { next, startTestApp, type Node, type TestApp } from '../support/test-app.js'

for (const kind of ['without Redis', 'with Redis'] as const)
  describe(`a session that ends, on two nodes ${kind}`, () => {
    let redis: TestRedis | null = null
    let parley: TestApp
    let other: Node

    before(async function () {
      if (kind === 'with Redis') redis = (await openTestRedis()) ?? this.skip()
      parley = await startTestApp({ redisUrl: redis?.url ?? null })
      other = await parley.startNode()
    })
    after(async () => {
      await parley[Symbol.asyncDispose]()
      await redis?.[Symbol.asyncDispose]()
    })

    it('loses its sockets on both, and the user keeps those of another session', async () => {
      const phone = await parley.register('Ada')
      const laptop = await parley.login(phone)
      const nodes = [parley, other, other]
      const ending = nodes.map((node) => node.socket(phone.token))
      const staying = nodes.map((node) => node.socket(laptop.token))
      await Promise.all([...ending, ...staying].map((socket) => next(socket, 'ready')))
      const told = ending.map((socket) => next(socket, 'session_revoked'))
      const gone = ending.map((socket) => next(socket, 'disconnect'))
      expect((await parley.call('POST', '/auth/logout', { token: phone.token })).status).to.equal(204)
      expect(await Promise.all(told)).to.deep.equal(ending.map(() => ({ code: 'session-revoked' })))
      await Promise.all(gone)
      for (const socket of staying)
        expect(await socket.timeout(30_000).emitWithAck('sync', { cursors: {} })).to.include({ ok: true })
    })
  }).timeout(240_000)
