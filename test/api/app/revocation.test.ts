import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import jwt from 'jsonwebtoken'
import type { App } from '../../../src/app/start-app.js'
import type { EventLog } from '../../../src/eventstore/event-log.js'
import { signEvent } from '../../support/sign-event.js'
import { eventually } from '../../support/eventually.js'
import { logConfig, onEachLog } from '../../support/event-logs.js'
import { next, startTestApp, type Answer, type Node, type TestUser, type TestApp } from '../../support/test-app.js'

const sessionOf = ({ token }: TestUser): string => (jwt.decode(token) as { sid: string }).sid

/** As identity does it when someone logs out. */
async function revokeSession(app: App, user: TestUser): Promise<void> {
  const caller = { userId: user.id, origin: 'rest', correlationId: randomUUID(), key: null, client: null } as const
  const input = { userId: user.id, sessionId: sessionOf(user), reason: 'logout' } as const
  const result = await app.core.run('revokeSession', input, caller)
  expect(result.kind).to.equal('done')
}

const code = ({ body }: Answer): unknown => (body as { code?: string }).code

onEachLog('revocation, on every node', function (kind) {
  let parley: TestApp
  let other: Node
  let admin: TestUser

  before(async () => {
    parley = await startTestApp(logConfig(kind))
    admin = await parley.withRoles('admin', 'admin')
    other = await parley.startNode()
  })

  after(() => parley[Symbol.asyncDispose]())

  const me = (node: Pick<Node, 'call'>, { token }: TestUser): Promise<Answer> =>
    node.call('GET', '/users/me', { token })

  const isRefused = (node: Pick<Node, 'call'>, user: TestUser, expected: string): Promise<void> =>
    eventually(
      async () => {
        expect(code(await me(node, user))).to.equal(expected)
      },
      { timeoutMs: 2_000 },
    )

  it('a session revoked on one node is refused on the other; another session of the user stays valid', async () => {
    const phone = await parley.register('Ada')
    const laptop = await parley.login(phone)
    expect(await me(other, phone)).to.include({ status: 200 })
    await revokeSession(parley.app, phone)
    await isRefused(other, phone, 'session-revoked')
    await isRefused(parley, phone, 'session-revoked')
    expect(await me(other, phone)).to.include({ status: 401 })
    for (const node of [parley, other]) expect(await me(node, laptop)).to.include({ status: 200 })
  })

  it('its sockets are notified and disconnected on every node, those of the other session are not', async () => {
    const phone = await parley.register('Bob')
    const laptop = await parley.login(phone)
    const [cut, stays] = [other.socket(phone.token), other.socket(laptop.token)]
    await Promise.all([next(cut, 'ready'), next(stays, 'ready')])
    const told = next(cut, 'session_revoked')
    const gone = next<string>(cut, 'disconnect')
    await revokeSession(parley.app, phone)
    expect(await told).to.deep.equal({ code: 'session-revoked' })
    expect(await gone).to.be.oneOf(['io server disconnect', 'transport close'])
    expect(await stays.timeout(30_000).emitWithAck('sync', { cursors: {} })).to.include({ ok: true })

    const again = other.socket(phone.token)
    const { data } = await next<{ data: { code: string } }>(again, 'connect_error')
    expect(data.code).to.equal('session-revoked')
  })

  it('changed roles invalidate tokens until they are refreshed with the new roles', async () => {
    const cleo = await parley.register('Cleo')
    const socket = other.socket(cleo.token)
    await next(socket, 'ready')
    const told = next(socket, 'session_revoked')
    const body = { roles: ['analyst', 'auditor'] }
    const { token } = admin
    const changed = await parley.call('PUT', `/users/${cleo.id}/roles`, { token, body })
    expect(changed.body).to.deep.include({ id: cleo.id, roles: ['auditor', 'analyst'], status: 'active' })
    expect(await told).to.deep.equal({ code: 'token-revoked' })
    await isRefused(other, cleo, 'token-revoked')

    const again = await parley.login(cleo)
    expect(jwt.decode(again.token)).to.deep.include({ roles: ['auditor', 'analyst'] })
    await eventually(async () => expect(await me(other, again)).to.include({ status: 200 }))
    expect((await me(other, again)).body).to.deep.include({ roles: ['auditor', 'analyst'] })
    await isRefused(other, cleo, 'token-revoked')
  })

  it('unchanged roles append nothing and revoke nothing', async () => {
    const dora = await parley.register('Dora')
    const { token } = admin
    const answer = await parley.call('PUT', `/users/${dora.id}/roles`, { token, body: { roles: [] } })
    expect(answer).to.include({ status: 200 })
    expect(await me(parley, dora)).to.include({ status: 200 })
  })

  it('a deactivated user is refused, also at login, and disconnected; a reactivated one must log in again', async () => {
    const eve = await parley.register('Eve')
    const socket = other.socket(eve.token)
    await next(socket, 'ready')
    const told = next(socket, 'session_revoked')
    const change = (what: string) => parley.call('POST', `/users/${eve.id}/${what}`, { token: admin.token })
    expect(await change('deactivate')).to.include({ status: 204 })
    expect(await told).to.deep.equal({ code: 'session-revoked' })
    await isRefused(other, eve, 'session-revoked')

    const login = (password: string) => other.call('POST', '/auth/login', { body: { email: eve.email, password } })
    expect(code(await login('correct horse'))).to.equal('account-deactivated')
    expect(code(await login('wrong horse'))).to.equal('invalid-credentials')

    expect(await change('reactivate')).to.include({ status: 204 })
    await isRefused(other, eve, 'session-revoked')
    const back = await parley.login(eve)
    await eventually(async () => expect(await me(other, back)).to.include({ status: 200 }))
    await isRefused(other, eve, 'session-revoked')
  })

  it('a node that starts later has it before it listens', async () => {
    const [finn, gail] = [await parley.register('Finn'), await parley.register('Gail')]
    await revokeSession(parley.app, finn)
    await parley.call('PUT', `/users/${gail.id}/roles`, { token: admin.token, body: { roles: ['auditor'] } })
    const late = await parley.startNode()
    expect(code(await me(late, finn))).to.equal('session-revoked')
    expect(code(await me(late, gail))).to.equal('token-revoked')
  })

  it('a node without its log answers 503 over REST and sockets until the log is back', async () => {
    const hugo = await parley.register('Hugo')
    const gone = await parley.register('Gone')
    let isAway = false
    const wrapLog = (log: EventLog): EventLog =>
      Object.assign(Object.create(log) as EventLog, {
        head: () => (isAway ? Promise.reject(new Error('away')) : log.head()),
      })
    const node = await parley.startNode({ wrapLog })
    const socket = node.socket(hugo.token)
    await next(socket, 'ready')
    expect(await me(node, hugo)).to.include({ status: 200 })
    await revokeSession(parley.app, gone)
    await isRefused(node, gone, 'session-revoked')

    isAway = true
    const refused = await eventually(async () => {
      const answer = await me(node, hugo)
      expect(answer).to.include({ status: 503 })
      return answer
    })
    expect(code(refused)).to.equal('revocation-unknown')
    expect(refused.headers.get('retry-after')).to.equal('1')
    const ack = (await socket.timeout(30_000).emitWithAck('sync', { cursors: {} })) as { error: { code: string } }
    expect(ack.error.code).to.equal('revocation-unknown')
    const { data } = await next<{ data: { code: string } }>(node.socket(hugo.token), 'connect_error')
    expect(data.code).to.equal('revocation-unknown')
    const ready = await node.call('GET', '/readyz')
    expect(ready).to.include({ status: 503 })
    expect((ready.body as { components: { sessions: object } }).components.sessions).to.include({
      status: 'unavailable',
    })
    // What is known to be revoked needs no log.
    expect(code(await me(node, gone))).to.equal('session-revoked')

    isAway = false
    await eventually(async () => expect(await me(node, hugo)).to.include({ status: 200 }))
    expect(await node.call('GET', '/readyz')).to.include({ status: 200 })
  })

  // The last one: this log is of no use to this release any more.
  it('a revocation that only a later release can read is not skipped: requests get 503', async () => {
    const ina = await parley.register('Ina')
    const { log, accountStatuses } = parley.app.core
    const metadata = JSON.stringify({ schemaVersion: 99, at: new Date().toISOString() })
    const later = { id: randomUUID(), type: 'RolesChanged', data: JSON.stringify({ userId: ina.id }), metadata }
    const { version } = await accountStatuses.all()
    await log.append('roles', version, [signEvent(parley.config.masterKey, 'roles', version + 1, later)])
    await eventually(async () => expect(code(await me(other, ina))).to.equal('revocation-unknown'))
    expect(await other.call('GET', '/readyz')).to.include({ status: 503 })
  })
})
