import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import jwt from 'jsonwebtoken'
import { io, type Socket } from 'socket.io-client'
import { startChild, type Child } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { next, startTestApp, type Person, type TestApp } from '../support/test-app.js'

/** Longer than a node may go without confirming that it is up to date. */
const STOPPED_MS = 3_000
/** What must hold from then on, watched for as long as it is allowed not to. */
const WATCHED_MS = 2_000

onEachLog('a node that was stopped and wakes', function (kind) {
  let parley: TestApp
  let child: Child
  let url: string

  before(async function () {
    this.timeout(60_000)
    parley = await startTestApp(logConfig(kind))
    child = startChild('main.js', [], parley.environment)
    await child.says('listens on')
    url = /listens on (\S+)/.exec(child.output)?.[1] ?? ''
  })

  after(async () => {
    child.process.kill('SIGCONT')
    await child[Symbol.asyncDispose]()
    await parley[Symbol.asyncDispose]()
  })

  const me = async ({ token }: Person): Promise<number> => {
    const response = await fetch(`${url}/users/me`, { headers: { authorization: `Bearer ${token}` } })
    await response.arrayBuffer()
    return response.status
  }

  async function revoke({ id: userId, token }: Person): Promise<void> {
    const caller = { userId, origin: 'rest', correlationId: randomUUID(), key: null, client: null } as const
    const { sid: sessionId } = jwt.decode(token) as { sid: string }
    await parley.app.core.run('revokeSession', { userId, sessionId, reason: 'logout' }, caller)
  }

  const passed = (ms: number, since: number): Promise<void> =>
    eventually(
      () => {
        if (performance.now() - since < ms) throw new Error('not yet')
      },
      { timeoutMs: ms + 10_000 },
    )

  it('never serves a token that was revoked meanwhile, not even in the first request that waits for it', async function () {
    this.timeout(60_000)
    const [gone, stays] = [await parley.register('gone'), await parley.register('stays')]
    expect([await me(gone), await me(stays)]).to.deep.equal([200, 200])
    const socket: Socket = io(url, { auth: { token: gone.token }, transports: ['websocket'], reconnection: false })
    await next(socket, 'ready')
    const cut = next(socket, 'disconnect')

    child.process.kill('SIGSTOP')
    const stoppedAt = performance.now()
    await revoke(gone)
    const waiting = Array.from({ length: 20 }, () => me(gone))
    await passed(STOPPED_MS, stoppedAt)
    child.process.kill('SIGCONT')
    const wokenAt = performance.now()

    expect(new Set(await Promise.all(waiting))).to.deep.equal(new Set([401]))
    await cut
    expect(performance.now() - wokenAt).to.be.lessThan(WATCHED_MS)
    while (performance.now() - wokenAt < WATCHED_MS) expect(await me(gone)).to.equal(401)
    expect(await me(stays)).to.equal(200)
    socket.close()
  })
})
