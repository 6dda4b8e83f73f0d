import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Server } from 'socket.io'
import type { RealtimeServer } from '../../src/realtime/protocol.js'
import { chatRoom, createRooms, userRoom, type Rooms } from '../../src/realtime/rooms.js'
import { eventually } from '../support/eventually.js'
import { openClient, type Client } from './realtime-node.js'

/** A payload that counts how often it is encoded. */
function counted(payload: object) {
  let count = 0
  const toJSON = (): object => {
    count++
    return payload
  }
  return { payload: { toJSON }, count: () => count }
}

describe('a frame for a room', () => {
  let io: RealtimeServer
  let rooms: Rooms
  let clients: Client[]

  beforeEach(async () => {
    const httpServer = createServer()
    io = new Server(httpServer, { serveClient: false })
    rooms = createRooms(io)
    httpServer.listen(0, '127.0.0.1')
    await once(httpServer, 'listening')
    const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`
    clients = []
    for (const [userId, transports] of [
      ['ada', ['websocket']],
      ['bob', ['websocket']],
      ['eve', ['polling']],
    ] as const) {
      io.once('connection', (socket) => {
        void socket.join([userRoom(userId), chatRoom('one'), chatRoom('two')])
        socket.emit('ready', {})
      })
      const client = openClient(url, {}, { transports })
      await client.first('ready')
      clients.push(client)
    }
  })
  afterEach(async () => {
    for (const { socket } of clients) socket.disconnect()
    await io.close()
  })

  const received = (event: string): Promise<unknown[][]> =>
    eventually(() => {
      const all = clients.map((client) => client.of('server_draining').length)
      expect(all, event).to.deep.equal([1, 1, 1])
      return clients.map((client) => client.of(event).map(({ payload }) => payload))
    })
  const end = (): void => rooms.send({ event: 'server_draining', payload: {} }, ['one'])
  const moves = { position: '1', userId: null, joining: [], leaving: [] }

  it('is encoded once, however many sockets get it and by whatever transport', async () => {
    const [message, presence, typing] = [counted({ n: 1 }), counted({ n: 2 }), counted({ n: 3 })]
    rooms.deliver({ ...moves, frame: { event: 'new_message', payload: message.payload }, chatIds: ['one'] })
    rooms.send({ event: 'presence', payload: presence.payload }, ['one', 'two'])
    rooms.sendVolatile({ event: 'typing', payload: typing.payload }, 'one', 'ada')
    end()
    expect(await received('new_message')).to.deep.equal([[{ n: 1 }], [{ n: 1 }], [{ n: 1 }]])
    expect(await received('presence')).to.deep.equal([[{ n: 2 }], [{ n: 2 }], [{ n: 2 }]])
    const [adas, bobs] = await received('typing')
    expect([adas, bobs]).to.deep.equal([[], [{ n: 3 }]])
    expect([message, presence, typing].map(({ count }) => count())).to.deep.equal([1, 1, 1])
  })

  it('is not encoded where the rooms are empty', () => {
    const frame = counted({})
    rooms.send({ event: 'presence', payload: frame.payload }, ['nowhere'])
    expect(frame.count()).to.equal(0)
  })

  it('of any size and with any text arrives as it was sent', async () => {
    const texts = ['', 'x'.repeat(80), 'é'.repeat(120), '🌻'.repeat(10_000), 'x'.repeat(70_000)]
    for (const text of texts) rooms.send({ event: 'new_message', payload: { text } }, ['one'])
    end()
    const expected = texts.map((text) => ({ text }))
    expect(await received('new_message')).to.deep.equal([expected, expected, expected])
  })

  it('keeps its place among what the same socket gets otherwise', async () => {
    const numbers = Array.from({ length: 200 }, (_, n) => n)
    for (const n of numbers) {
      if (n % 2 === 0) rooms.send({ event: 'read', payload: { n } }, ['one'])
      else for (const socket of io.sockets.sockets.values()) socket.emit('read', { n })
    }
    end()
    const expected = numbers.map((n) => ({ n }))
    expect(await received('read')).to.deep.equal([expected, expected, expected])
  })

  it('is not kept for a client that does not read, beyond 1,000 packets: it is cut off, and the others get everything', async () => {
    const [ada, bob] = clients
    const { ws } = ada?.socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } }
    ws._socket.pause()
    const socket = [...io.sockets.sockets.values()].find(({ rooms: own }) => own.has(userRoom('ada')))
    const { writeBuffer } = socket?.conn as unknown as { writeBuffer: unknown[] }
    const gone = new Promise((resolve) => socket?.once('disconnect', resolve))
    const text = 'x'.repeat(32 * 1024)
    let sent = 0
    for (let round = 0; round < 100 && socket?.connected === true; round++) {
      for (let n = 0; n < 100; n++)
        rooms.deliver({ ...moves, frame: { event: 'chat_muted', payload: { text } }, chatIds: [], userId: 'ada' })
      rooms.send({ event: 'read', payload: { n: sent++ } }, ['one'])
      const waiting = (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length
      expect(waiting).to.be.at.most(1_001)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await gone
    expect(writeBuffer.length).to.be.at.most(1_001)
    await eventually(() => expect(bob?.of('read')).to.have.length(sent))
  })

  it('of several rooms reaches a socket once, and none that may not see it', async () => {
    const frame = { event: 'message_edited' as const, payload: { chatId: 'one', version: 7 } }
    rooms.deliver({ ...moves, frame, chatIds: ['one'], userId: 'bob', aboutChatId: 'one', hiddenFrom: ['eve'] })
    end()
    expect(await received('message_edited')).to.deep.equal([[frame.payload], [frame.payload], []])
    const skipped = { chatId: 'one', fromVersion: 7, version: 7 }
    expect(await received('skipped')).to.deep.equal([[], [], [skipped]])
  })
}).timeout(120_000)
