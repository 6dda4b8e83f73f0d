import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Server } from 'socket.io'
import { WebSocket } from 'ws'
import { createHttpServer } from '../../src/api/http-server.js'
import { trackConnections } from '../../src/realtime/all-connections.js'
import type { RealtimeServer } from '../../src/realtime/protocol.js'
import { eventually } from '../support/eventually.js'
import { activeResources, findLeaks } from '../support/leaks.js'

describe('the connections of a node', () => {
  /** Runs `work` against a server whose sockets the test closes itself, and gives what is active after its end. */
  async function leftAfter(work: (url: string, io: RealtimeServer) => Promise<void>): Promise<string[]> {
    const http = createHttpServer()
    const io: RealtimeServer = new Server(http.server, { serveClient: false, destroyUpgrade: false })
    const connections = trackConnections(io)
    http.server.listen(0, '127.0.0.1')
    await once(http.server, 'listening')
    const before = activeResources()
    await work(`127.0.0.1:${(http.server.address() as AddressInfo).port}/socket.io/?EIO=4`, io)
    connections.close()
    await http.close(10_000)
    return findLeaks(before)
  }

  const poll = async (url: string, packets?: string): Promise<string> => {
    const headers = { connection: 'close' }
    const answer = await fetch(url, packets === undefined ? { headers } : { method: 'POST', body: packets, headers })
    return answer.text()
  }

  async function openPolling(server: string): Promise<string> {
    const url = `http://${server}&transport=polling`
    const { sid } = JSON.parse((await poll(url)).slice(1)) as { sid: string }
    return `${url}&sid=${sid}`
  }

  const count = (io: RealtimeServer): number => io.engine.clientsCount

  it('leave nothing running when they end between two polls', async () => {
    const left = await leftAfter(async (server, io) => {
      const url = await openPolling(server)
      await poll(url, 'not a packet')
      await eventually(() => expect(count(io)).to.equal(0))
    })
    expect(left).to.deep.equal([])
  })

  it('leave nothing running when the node stops before a poll tells the client that it is disconnected', async () => {
    const left = await leftAfter(async (server, io) => {
      const connected = new Promise<void>((resolve) =>
        io.on('connection', (socket) => {
          socket.disconnect(true)
          resolve()
        }),
      )
      const url = await openPolling(server)
      await poll(url, '40')
      await poll(url)
      await connected
      expect(count(io)).to.equal(1)
    })
    expect(left).to.deep.equal([])
  })

  it('end with the node, also a websocket that does not answer', async () => {
    let silent: WebSocket | undefined
    const left = await leftAfter(async (server) => {
      silent = new WebSocket(`ws://${server}&transport=websocket`)
      silent.on('error', () => undefined)
      await once(silent, 'open')
      silent.pause()
    })
    silent?.terminate()
    expect(left).to.deep.equal([])
  })
})
