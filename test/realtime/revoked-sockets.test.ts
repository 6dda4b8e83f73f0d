import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import { createRevocations } from '../../src/identity/sessions/revocations.js'
import type { RealtimeSocket } from '../../src/realtime/protocol.js'
import { createRevokedSockets } from '../../src/realtime/revoked-sockets.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { uuid } from '../support/uuid.js'
import { next, openClient, startNode, type RealtimeNode } from './realtime-node.js'

const at = '2026-11-22T12:00:00.000Z'
const ada = uuid('ada')

/** As much of a socket as watching it takes. */
function socketWith(sessionId: string): RealtimeSocket & EventEmitter {
  const claims = { userId: ada, sessionId, generation: 0, roles: [], authTime: new Date(at), expiresAt: new Date(at) }
  return Object.assign(new EventEmitter(), {
    data: { claims, cursors: {}, botToken: null },
  }) as unknown as RealtimeSocket & EventEmitter
}

describe('sockets whose session is revoked', () => {
  function setUp() {
    const revocations = createRevocations({ clock: () => new Date(at), keepMs: 60_000 })
    const cut: unknown[] = []
    return { revocations, cut, sockets: createRevokedSockets(revocations, (socket) => cut.push(socket)) }
  }
  const note = (sessionId: string) => ({ kind: 'session', userId: ada, sessionId, at }) as const

  it('are disconnected, all of that session and no others', () => {
    const { revocations, cut, sockets } = setUp()
    const [first, second, other] = [socketWith(uuid('one')), socketWith(uuid('one')), socketWith(uuid('other'))]
    expect([first, second, other].map((socket) => sockets.watch(socket))).to.deep.equal([true, true, true])
    revocations.note(note(uuid('one')))
    expect(cut).to.deep.equal([first, second])
  })

  it('are disconnected at once where it happened between handshake and connect', () => {
    const { revocations, cut, sockets } = setUp()
    revocations.note(note(uuid('one')))
    const late = socketWith(uuid('one'))
    expect(sockets.watch(late)).to.equal(false)
    expect(cut).to.deep.equal([late])
  })

  it('are forgotten after they disconnect', () => {
    const { revocations, cut, sockets } = setUp()
    const gone = socketWith(uuid('one'))
    sockets.watch(gone)
    gone.emit('disconnect')
    revocations.note(note(uuid('one')))
    expect(cut).to.deep.equal([])
  })
})

describe('a socket that re-authenticates', () => {
  let database: TestDatabase
  let node: RealtimeNode
  let user: string

  beforeEach(async () => {
    database = await createTestDatabase()
    node = await startNode(database)
    user = await node.register('Ada')
  })

  afterEach(async () => {
    await node[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const session = uuid('session')
  const change = (grant: 'auditor' | 'analyst') =>
    node.core.runAsSystem('changeRoles', { userId: user, change: { grant } })
  const generation = async (): Promise<number> => (await node.core.accountStatuses.all()).version
  const come = async (roles: number) => {
    const client = openClient(node.url, { token: node.token(user, { session, generation: roles }) })
    await client.first('ready')
    return client
  }

  it('is checked by its new token from then on', async () => {
    const upcoming = (await generation()) + 1
    const [renewed, old] = [await come(0), await come(0)]
    const token = node.token(user, { session, generation: upcoming })
    expect(await renewed.ask('authenticate', { token })).to.deep.equal({ ok: true })
    const gone = next(old.socket, 'disconnect')
    await change('auditor')
    await gone
    expect((await renewed.ask('sync', { cursors: {} })).ok).to.equal(true)
    renewed.socket.close()
  })

  it('keeps its token when the new one is revoked', async () => {
    await change('auditor')
    const client = await come(await generation())
    const token = node.token(user, { session, generation: 0 })
    expect((await client.ask('authenticate', { token })).error.code).to.equal('token-revoked')
    expect((await client.ask('sync', { cursors: {} })).ok).to.equal(true)
    client.socket.close()
  })
})
