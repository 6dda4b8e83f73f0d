import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import jwt from 'jsonwebtoken'
import { io, type Socket } from 'socket.io-client'
import { createOutage } from '../../src/async/outage.js'
import { createConfirmation } from '../../src/projections/engine/confirmation.js'
import { createProgress } from '../../src/followers/progress.js'
import { startChild, type Child } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { ignoreFailures } from '../support/failure-report.js'
import { next, startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

onEachLog('a node that was suspended and resumes', function (kind) {
  let parley: TestApp
  let child: Child
  let url: string

  before(async function () {
    this.timeout(240_000)
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

  const me = async ({ token }: TestUser): Promise<number> => {
    const response = await fetch(`${url}/users/me`, { headers: { authorization: `Bearer ${token}` } })
    await response.arrayBuffer()
    return response.status
  }

  async function revoke({ id: userId, token }: TestUser): Promise<void> {
    const caller = { userId, origin: 'rest', correlationId: randomUUID(), key: null, client: null } as const
    const { sid: sessionId } = jwt.decode(token) as { sid: string }
    await parley.app.core.run('revokeSession', { userId, sessionId, reason: 'logout' }, caller)
  }

  /** Resolves once a node that confirmed just now that it is up to date has to confirm it again. */
  async function untilStale(): Promise<void> {
    const { log } = parley.app.core
    await using confirmation = createConfirmation({
      log,
      progress: createProgress(log.start, log.comparePositions),
      outage: createOutage('session-check', ignoreFailures),
    })
    const now = confirmation.now()
    await eventually(() => expect(confirmation.isStale(now)).to.equal(true))
  }

  it('never accepts a token that was revoked meanwhile, not even for the first request that waited', async function () {
    this.timeout(240_000)
    const [gone, stays] = [await parley.register('gone'), await parley.register('stays')]
    expect([await me(gone), await me(stays)]).to.deep.equal([200, 200])
    const socket: Socket = io(url, { auth: { token: gone.token }, transports: ['websocket'], reconnection: false })
    await next(socket, 'ready')
    const cut = next(socket, 'disconnect')

    child.process.kill('SIGSTOP')
    const stale = untilStale()
    await revoke(gone)
    const waiting = Array.from({ length: 20 }, () => me(gone))
    await stale
    child.process.kill('SIGCONT')

    expect(new Set(await Promise.all(waiting))).to.deep.equal(new Set([401]))
    await cut
    const answers = new Set<number>()
    await eventually(async () => {
      answers.add(await me(gone))
      expect(await me(stays)).to.equal(200)
    })
    expect(answers).to.deep.equal(new Set([401]))
    socket.close()
  })
})
