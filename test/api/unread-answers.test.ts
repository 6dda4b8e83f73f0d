import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { expect } from 'chai'
import { createHttpServer, type HttpServer } from '../../src/api/http-server.js'
import type { UnreadBounds } from '../../src/api/unread-answers.js'
import { eventually } from '../support/eventually.js'

const MIB = 1024 * 1024
const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

describe('clients that do not read their answers', () => {
  let http: HttpServer
  let handled: number
  const sockets: Socket[] = []

  const start = async (bounds: Partial<UnreadBounds>): Promise<void> => {
    http = createHttpServer({}, { checkMs: 10, ...bounds })
    handled = 0
    http.onRequest(({ url }, response) => {
      handled++
      if (url === '/never') return
      response.end(Buffer.alloc(url === '/large' ? 16 * MIB : 10))
    })
    http.server.listen(0, '127.0.0.1')
    await once(http.server, 'listening')
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await http.close(0)
  })

  /** A client that sends these and reads nothing. */
  function paused(...paths: string[]): Socket {
    const socket = connect((http.server.address() as AddressInfo).port, '127.0.0.1')
    socket.pause()
    socket.on('error', () => undefined)
    socket.write(paths.map(request).join(''))
    sockets.push(socket)
    return socket
  }

  const count = (): Promise<number> =>
    new Promise((resolve, reject) => http.server.getConnections((error, n) => (error ? reject(error) : resolve(n))))

  const isOpen = async (): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${(http.server.address() as AddressInfo).port}/small`)
    expect((await response.arrayBuffer()).byteLength).to.equal(10)
  }

  it('are disconnected after the time limit', async () => {
    await start({ readMs: 50 })
    paused('/large')
    await once(http.server, 'connection')
    await eventually(async () => expect(await count()).to.equal(0))
    await isOpen()
  })

  it('are disconnected when too many bytes wait behind the first answer', async () => {
    await start({ bytesQueued: MIB })
    paused('/large', '/large')
    await once(http.server, 'connection')
    await eventually(async () => expect(await count()).to.equal(0))
  })

  it('are disconnected when too many bytes wait in total, those with the most first', async () => {
    await start({ bytesInAll: 40 * MIB })
    const ended: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      paused('/large').resume().pause()
      sockets.at(-1)?.once('close', () => ended.push(name))
    }
    await eventually(async () =>
      expect(await count())
        .to.be.at.most(3)
        .and.at.least(1),
    )
    await isOpen()
  })

  it('are disconnected when they pipeline too many requests', async () => {
    await start({ pipelined: 4 })
    paused('/never', '/never', '/never', '/never')
    await once(http.server, 'connection')
    await isOpen()
    paused('/never', '/never', '/never', '/never', '/never')
    await once(http.server, 'connection')
    await eventually(async () => expect(await count()).to.be.at.most(2))
  })

  it('get no request handled beyond the pipelining limit, also where all arrive in one packet', async () => {
    await start({ pipelined: 4 })
    paused(...Array.from({ length: 400 }, () => '/small'))
    await once(http.server, 'connection')
    await eventually(async () => expect(await count()).to.equal(0))
    expect(handled).to.equal(4)
    await isOpen()
  })

  it('are not disconnected when they read slowly but in time, or wait for a slow answer', async () => {
    await start({ readMs: 60_000, bytesQueued: 64 * MIB })
    const slow = paused('/large', '/large')
    paused('/never')
    await eventually(async () => expect(await count()).to.equal(2))
    let received = 0
    slow.on('data', (chunk: Buffer) => (received += chunk.length))
    slow.resume()
    await eventually(() => expect(received).to.be.above(32 * MIB))
    expect(await count()).to.equal(2)
  })
})
