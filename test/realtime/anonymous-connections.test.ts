import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Server } from 'socket.io'
import { WebSocket } from 'ws'
import { createHttpServer, type HttpServer } from '../../src/api/http-server.js'
import { boundAnonymousConnections, type AnonymousBounds } from '../../src/realtime/anonymous-connections.js'
import type { RealtimeServer } from '../../src/realtime/protocol.js'
import { eventually } from '../support/eventually.js'

const KIB = 1024
const generous: AnonymousBounds = {
  authenticateMs: 60_000,
  bytesOfOne: 64 * KIB,
  bytesOfSource: KIB * KIB,
  bytesInAll: KIB * KIB,
}

describe('a connection that has not authenticated', () => {
  let http: HttpServer
  let io: RealtimeServer
  let ip = '192.0.2.1'

  const start = async (bounds: Partial<AnonymousBounds> = {}): Promise<void> => {
    http = createHttpServer()
    io = new Server(http.server, { serveClient: false, destroyUpgrade: false, maxHttpBufferSize: 256 * KIB })
    const anonymous = boundAnonymousConnections(io, () => ({ ip }), { ...generous, ...bounds })
    io.use((socket, next) => {
      if (socket.handshake.auth['token'] !== 'good') return next(new Error('refused'))
      anonymous.authenticated(socket.conn)
      next()
    })
    io.on('connection', (socket) => socket.onAny((_event, _payload, ack?: () => void) => ack?.()))
    http.server.listen(0, '127.0.0.1')
    await once(http.server, 'listening')
  }

  afterEach(async () => {
    io.engine.close()
    await http.close(0)
  })

  const base = (): string => `127.0.0.1:${(http.server.address() as AddressInfo).port}/socket.io/?EIO=4&transport=`

  async function open(): Promise<WebSocket> {
    const socket = new WebSocket(`ws://${base()}websocket`)
    socket.on('error', () => undefined)
    await once(socket, 'open')
    return socket
  }

  async function openAuthenticated(): Promise<WebSocket> {
    const socket = await open()
    const received: string[] = []
    socket.on('message', (data: Buffer) => received.push(data.toString()))
    socket.send('40{"token":"good"}')
    await eventually(() => expect(received.join()).to.contain('40{"sid"'))
    return socket
  }

  const connections = (): number => (io.engine as unknown as { clientsCount: number }).clientsCount

  const closed = () => eventually(() => expect(connections()).to.equal(0))

  it('is terminated after 64 KiB, also within one endless frame', async () => {
    await start()
    for (const fin of [true, false]) {
      const socket = await open()
      for (let sent = 0; sent < 70; sent++) socket.send('4' + 'x'.repeat(KIB - 1), { fin })
      await closed()
    }
  })

  it('is terminated by a binary packet, or by one that announces attachments', async () => {
    await start()
    for (const data of [Buffer.alloc(10), '451-["a",{"_placeholder":true,"num":0}]', '461-["a"]', 'bAAAA']) {
      const socket = await open()
      socket.send(data)
      await closed()
    }
  })

  it('is terminated after the time limit, whether its client answers or not', async () => {
    await start({ authenticateMs: 30 })
    const socket = await open()
    socket.pause()
    await closed()
    await eventually(() => expect(socket.readyState).to.not.equal(WebSocket.CONNECTING))
  })

  it('shares a limit with all connections of its source, and with all connections', async () => {
    await start({ bytesOfSource: 5 * KIB, bytesInAll: 10 * KIB })
    for (const source of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
      ip = source
      for (let count = 0; count < 10; count++) await open().catch(() => undefined)
    }
    await eventually(() => expect(connections()).to.be.at.most(10).and.at.least(5))
    const ofFirst = connections()
    ip = '192.0.2.1'
    await open()
    await eventually(() => expect(connections()).to.equal(ofFirst))
  })

  it('can send no more than 64 KiB by polling either, by Content-Length', async () => {
    await start()
    const post = async (headers: Record<string, string>): Promise<void> => {
      const answer = await fetch(`http://${base()}polling`)
      const { sid } = JSON.parse((await answer.text()).slice(1)) as { sid: string }
      const poll = request(`http://${base()}polling&sid=${sid}`, { method: 'POST', headers })
      poll.on('error', () => undefined)
      poll.write('4x')
      await closed()
      poll.destroy()
    }
    await post({ 'transfer-encoding': 'chunked' })
    await post({ 'content-length': String(65 * KIB) })
  })

  it('is not limited in this way once it has authenticated', async () => {
    await start({ authenticateMs: 200 })
    const socket = await openAuthenticated()
    const stays = await openAuthenticated()
    socket.send(`42["a","${'x'.repeat(200 * KIB)}"]`)
    socket.send('451-["a",{"_placeholder":true,"num":0}]')
    socket.send(Buffer.alloc(100 * KIB))
    const late = await open()
    await once(late, 'close')
    await eventually(() => expect(connections()).to.equal(2))
    expect([socket.readyState, stays.readyState]).to.deep.equal([WebSocket.OPEN, WebSocket.OPEN])
  })
})
