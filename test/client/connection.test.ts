import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Server, type Socket } from 'socket.io'
import { ParleyError, type Tokens } from '../../packages/client/src/index.js'
import {
  createConnection,
  type Connection,
  type ConnectionState,
} from '../../packages/client/src/realtime/connection.js'
import { createReleases } from '../../src/app/release.js'
import { startNode } from '../realtime/realtime-node.js'
import { eventually } from '../support/eventually.js'
import { startTestApp } from '../support/test-app.js'
import { createTestDatabase } from '../support/test-database.js'
import { uuid } from '../support/uuid.js'
import { registerClient, soon } from './clients.js'

const tokensWith = (accessToken: string): Tokens => ({
  accessToken,
  userId: uuid('ada'),
  refreshToken: '',
  refreshKey: '',
  expiresAt: 0,
})

describe('the connection of a client', () => {
  let releases = createReleases()
  beforeEach(() => {
    releases = createReleases()
  })
  afterEach(() => releases[Symbol.asyncDispose]())

  const statesOf = (connection: Connection): ConnectionState[] => {
    const states: ConnectionState[] = []
    connection.onState((state) => states.push(state))
    return states
  }

  describe('before the end of its token', () => {
    /** A session whose tokens last two seconds. */
    async function setUp(isAvailable: () => boolean, tokenGraceMs: number) {
      const database = releases.add(await createTestDatabase())
      const node = releases.add(await startNode(database, { tokenGraceMs }))
      const userId = await node.register('Ada')
      const listeners: ((tokens: Tokens | null) => void)[] = []
      let current = { token: '', expiresAt: 0 }
      let issued = 0
      const issue = (): void => {
        issued++
        current = { token: node.token(userId, { session: uuid('session'), seconds: 2 }), expiresAt: Date.now() + 2_000 }
      }
      issue()
      const connection = createConnection({
        url: node.url,
        cursors: () => ({}),
        backoff: soon,
        session: {
          accessToken({ refused, validForMs = 0 } = {}) {
            const isUsable = current.token !== refused && current.expiresAt - Date.now() > validForMs
            if (!isUsable && !isAvailable())
              return Promise.reject(new ParleyError({ code: 'network-error', title: 'away' }))
            if (isUsable) return Promise.resolve(current.token)
            issue()
            for (const listen of listeners) listen(tokensWith(current.token))
            return Promise.resolve(current.token)
          },
          expiresAt: () => Promise.resolve(current.expiresAt),
          ended: () => Promise.resolve(),
          onChange(listen) {
            listeners.push(listen)
            return () => undefined
          },
        },
      })
      releases.onRelease(() => connection.disconnect())
      const errors: string[] = []
      connection.onError(({ code }) => errors.push(code))
      await connection.connect()
      return { connection, states: statesOf(connection), errors, issued: () => issued }
    }

    it('authenticates again, and is not disconnected', async () => {
      const { states, errors, issued } = await setUp(() => true, 60_000)
      await eventually(() => expect(issued()).to.be.greaterThan(4))
      expect({ states, errors }).to.deep.equal({ states: [], errors: [] })
    })

    it('is disconnected where there is no new token, and comes back as soon as there is', async () => {
      let isAvailable = true
      const { states } = await setUp(() => isAvailable, 0)
      isAvailable = false
      await eventually(() => expect(states).to.deep.equal(['connecting']))
      isAvailable = true
      await eventually(() => expect(states).to.deep.equal(['connecting', 'online']))
    })
  })

  it('is ended for good by a logout elsewhere: nobody is logged in any more', async () => {
    const parley = releases.add(await startTestApp())
    const { client, id } = await registerClient(parley.app.url, 'ada', releases)
    const errors: string[] = []
    client.connection.onError(({ code }) => errors.push(code))
    await client.connect()
    const { sent } = client.send(uuid('chat'), { content: 'to a chat that does not exist' })
    expect(await sent.catch((error: unknown) => error)).to.have.property('code', 'not-authorized')
    const token = await client.session.accessToken()
    await parley.call('POST', '/auth/logout', { token, body: {} })
    await eventually(() => expect(client.connection.state).to.equal('offline'))
    await eventually(() => expect(errors).to.include('session-revoked'))
    expect(await client.session.userId()).to.equal(null)
    const again = await client.connect().catch((error: unknown) => error)
    expect(again, id).to.have.property('code', 'signed-out')
  })

  describe('to a server that speaks the protocol', () => {
    async function serve(onConnection: (socket: Socket) => void) {
      const http = createServer()
      const io = new Server(http)
      io.on('connection', onConnection)
      http.listen(0, '127.0.0.1')
      await once(http, 'listening')
      releases.onRelease(() => io.close())
      const waits: number[] = []
      const listeners: ((tokens: Tokens | null) => void)[] = []
      const connection = createConnection({
        url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
        cursors: () => ({}),
        session: {
          accessToken: () => Promise.resolve('token'),
          expiresAt: () => Promise.resolve(null),
          ended: () => Promise.resolve(),
          onChange(listen) {
            listeners.push(listen)
            return () => undefined
          },
        },
        wait(ms) {
          waits.push(ms)
          return Promise.resolve()
        },
      })
      releases.onRelease(() => connection.disconnect())
      return { connection, waits, listeners }
    }

    it('authenticates with each new token of its session', async () => {
      const tokens: unknown[] = []
      const { connection, listeners } = await serve((socket) => {
        socket.on('authenticate', ({ token }: { token: string }, answer: (ack: object) => void) => {
          tokens.push(token)
          answer({ ok: true })
        })
        socket.emit('ready', { userId: uuid('ada'), chats: {} })
      })
      await connection.connect()
      for (const accessToken of ['second', 'second', 'third'])
        for (const listen of listeners) listen(tokensWith(accessToken))
      await eventually(() => expect(tokens).to.deep.equal(['second', 'third']))
    })

    it('waits for as long as a server that is draining asks for', async () => {
      let connections = 0
      const { connection, waits } = await serve((socket) => {
        socket.emit('ready', { userId: uuid('ada'), chats: {} })
        if (++connections > 1) return
        socket.emit('server_draining', { reconnectAfterMs: 43_210 })
        socket.disconnect()
      })
      await connection.connect()
      await eventually(() => expect(connections).to.equal(2))
      expect(waits).to.deep.equal([43_210])
    })

    it('begins a chat again where the server refuses its cursor as ahead', async () => {
      const chatId = uuid('chat')
      const received: object[] = []
      const { connection } = await serve((socket) => {
        socket.emit('error', {
          code: 'cursor-ahead',
          status: 400,
          title: 'Ahead',
          message: 'Ahead',
          chatId,
          version: 3,
        })
        socket.emit('ready', { userId: uuid('ada'), chats: {} })
      })
      connection.onEvent((event) => received.push(event))
      await connection.connect()
      expect(received).to.deep.equal([{ event: 'resync', payload: { chatId, version: 3 } }])
    })

    it('waits for as long as a refusal asks for', async () => {
      let connections = 0
      const { connection, waits } = await serve((socket) => {
        if (++connections > 1) return void socket.emit('ready', { userId: uuid('ada'), chats: {} })
        socket.emit('error', { code: 'rate-limited', status: 429, title: 'Too many', retryAfterSeconds: 77 })
        socket.disconnect()
      })
      await connection.connect()
      expect(waits).to.deep.equal([77_000])
    })
  })
})
