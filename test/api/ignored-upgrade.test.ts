import { once } from 'node:events'
import type { IncomingMessage, ServerOptions } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { expect } from 'chai'
import { createHttpServer, type HttpServer } from '../../src/api/http-server.js'
import { eventually } from '../support/eventually.js'
import { next, startTestApp, type TestApp } from '../support/test-app.js'

interface Client {
  socket: Socket
  received(): string
}

function openClient(port: number): Client {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  socket.on('error', () => undefined)
  return { socket, received: () => text }
}

const portOf = ({ server }: HttpServer): number => (server.address() as AddressInfo).port

const connectionsOf = ({ server }: HttpServer): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))

const H2C = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']

const request = (line: string, headers: readonly string[] = [], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: a', ...headers, '', body].join('\r\n')

async function echo(message: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of message) body += String(chunk)
  const { method, url, headers } = message
  return `[${method ?? ''} ${url ?? ''} ${String(headers['x-name'])} ${String(headers.upgrade)} ${body}]`
}

const answers = (text: string): string[] => text.match(/\[[^\]]*\]/g) ?? []

/** Node's own callback drops what is pipelined behind such a request. */
const WITHOUT_CALLBACK = 'as a Node without shouldUpgradeCallback does it'

const ways: Record<string, ServerOptions> = {
  'as this Node does it': {},
  [WITHOUT_CALLBACK]: { shouldUpgradeCallback: () => true },
}

for (const [way, options] of Object.entries(ways)) {
  describe(`an Upgrade header that the server does not follow, ${way}`, () => {
    let http: HttpServer
    const held: (() => void)[] = []

    beforeEach(async () => {
      http = createHttpServer(options)
      http.server.on('upgrade', () => undefined) // as where Socket.IO listens
      http.server.on('request', (message, response) => {
        void echo(message).then((text) => {
          if (message.url === '/held') held.push(() => response.end(text))
          else response.end(text)
        })
      })
      http.server.listen(0, '127.0.0.1')
      await once(http.server, 'listening')
    })

    afterEach(() => http.close(0))

    /** One request after another on one connection, each sent when the one before is answered. */
    async function exchange(...sent: string[]): Promise<string[]> {
      const { socket, received } = openClient(portOf(http))
      for (const [index, text] of sent.entries()) {
        socket.write(text)
        await eventually(() => expect(answers(received()), received()).to.have.length(index + 1))
      }
      socket.destroy()
      return answers(received())
    }

    it('is ignored on the first request and on later ones of a connection', async () => {
      const sent = ['/1', '/2', '/3'].map((path) => request(`GET ${path}`, [...H2C, 'X-Name: n']))
      const expected = ['[GET /1 n', '[GET /2 n', '[GET /3 n']
      const found = await exchange(...sent)
      expect(found.map((answer) => answer.slice(0, 9))).to.deep.equal(expected)
    })

    it('does not affect a body, whether it comes with the headers, after them or in chunks', async () => {
      const post = (headers: string[], body: string) => request('POST /p', [...H2C, ...headers], body)
      const large = 'x'.repeat(200_000)
      for (const [message, body] of [
        [post(['Content-Length: 5'], 'hello'), 'hello'],
        [post([`Content-Length: ${large.length}`], large), large],
        [post(['Transfer-Encoding: chunked'], '5\r\nhello\r\n6\r\n again\r\n0\r\n\r\n'), 'hello again'],
      ] as const) {
        const { socket, received } = openClient(portOf(http))
        for (let start = 0; start < message.length; start += 50_000) socket.write(message.slice(start, start + 50_000))
        await eventually(() => expect(answers(received())[0]?.endsWith(` ${body}]`)).to.equal(true))
        socket.write(request('GET /next'))
        await eventually(() => expect(answers(received())[1]).to.contain('GET /next'))
        socket.destroy()
      }
    })

    it('leaves no socket open after 500 such requests on keep-alive connections, whichever side ends them', async () => {
      await Promise.all(
        Array.from({ length: 50 }, () => exchange(...Array.from({ length: 10 }, () => request('GET /', H2C)))),
      )
      await eventually(async () => expect(await connectionsOf(http)).to.equal(0))
    })

    it('with Connection: close ends the connection after its answer', async () => {
      const { socket, received } = openClient(portOf(http))
      socket.write(request('GET /', ['Connection: Upgrade, close', 'Upgrade: h2c']))
      await once(socket, 'close')
      expect(answers(received())).to.have.length(1)
    })

    if (way !== WITHOUT_CALLBACK) return

    it('keeps the order of pipelined requests', async () => {
      const { socket, received } = openClient(portOf(http))
      socket.write(request('GET /held') + request('GET /2', H2C) + request('GET /3'))
      await eventually(() => expect(held).to.have.length(1))
      expect(received()).to.equal('')
      held.pop()?.()
      await eventually(() =>
        expect(answers(received()).map((answer) => answer.split(' ')[1])).to.deep.equal(['/held', '/2', '/3']),
      )
      socket.destroy()
    })
  })
}

describe('closing the server', () => {
  const holding: Record<string, (socket: Socket) => void> = {
    'sends nothing': () => undefined,
    'has sent half a head': (socket) => socket.write('GET / HTTP/1.1\r\nHost:'),
    'has sent half a body': (socket) => socket.write(request('POST /', ['Content-Length: 10'], '12345')),
    'has ended its side and waits': (socket) => socket.end(request('GET /never')),
    'does not read its answer': (socket) => void socket.pause().write(request('GET /large')),
    'is in the middle of a handshake': (socket) =>
      socket.write(request('GET /socket.io/', ['Connection: Upgrade', 'Upgrade: websocket'])),
    'has half-closed after its handshake': (socket) =>
      socket.end(request('GET /socket.io/', ['Connection: Upgrade', 'Upgrade: websocket'])),
  }

  for (const [way, hold] of Object.entries(holding))
    it(`completes also where a client ${way}`, async () => {
      const http = createHttpServer()
      http.server.on('upgrade', (_request, socket) => socket.on('error', () => undefined))
      http.server.on('request', ({ url }, response) => {
        if (url === '/large') response.write(Buffer.alloc(32 * 1024 * 1024))
      })
      http.server.listen(0, '127.0.0.1')
      await once(http.server, 'listening')
      const { socket } = openClient(portOf(http))
      hold(socket)
      await once(http.server, 'connection')
      const ended = once(socket, 'close')
      await http.close(100)
      expect(await connectionsOf(http)).to.equal(0)
      socket.resume()
      await ended
    })
})

describe('upgrades in the whole app', () => {
  let parley: TestApp

  beforeEach(async () => (parley = await startTestApp({ longPolling: true })))
  afterEach(() => parley[Symbol.asyncDispose]())

  const open = (): Client => openClient(Number(new URL(parley.app.url).port))

  it('outside of /socket.io/ every such request of a connection is answered, from any origin', async () => {
    for (const upgrade of ['h2c', 'websocket', 'TLS/1.0, foo']) {
      const { socket, received } = open()
      for (const count of [1, 2, 3]) {
        const headers = ['Connection: Upgrade', `Upgrade: ${upgrade}`, 'Origin: https://elsewhere.example']
        socket.write(request('GET /healthz', headers))
        await eventually(() => expect(received().match(/HTTP\/1\.1 200 /g)).to.have.length(count))
      }
      socket.destroy()
    }
  })

  it('in /socket.io/ a refused one ends its connection, whatever the client does', async () => {
    const websocket = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
    for (const [path, headers] of [
      ['/socket.io/?EIO=4&transport=websocket', [...websocket, 'Origin: https://elsewhere.example']],
      ['/socket.io/?EIO=4&transport=websocket', websocket],
      ['/socket.io/?EIO=4&transport=polling', ['Connection: Upgrade', 'Upgrade: h2c']],
      ['/socket.io/?EIO=4&transport=websocket&sid=unknown', websocket],
      ['/socket.io/none', websocket],
    ] as const) {
      const { socket, received } = open()
      socket.allowHalfOpen = true
      socket.write(request(`GET ${path}`, headers))
      await eventually(() => expect(received()).to.match(/^HTTP\/1\.1 4\d\d /))
      await eventually(() => expect(isOpenAtServer(socket)).to.equal(false))
      socket.destroy()
    }
  })

  /** The server's side, as the kernel sees it: a closed one answers what is sent with a reset. */
  const isOpenAtServer = (socket: Socket): boolean => {
    socket.write('x')
    return !socket.destroyed
  }

  it('a websocket can be opened on a keep-alive connection', async () => {
    const alice = await parley.register('Alice')
    const socket = parley.socket(alice.token)
    await next(socket, 'ready')
    expect(socket.connected).to.equal(true)
    const raw = open()
    raw.socket.write(request('GET /healthz'))
    await eventually(() => expect(raw.received()).to.contain('"ok"'))
    const key = Buffer.alloc(16, 1).toString('base64')
    raw.socket.write(
      request('GET /socket.io/?EIO=4&transport=websocket', [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${key}`,
      ]),
    )
    await eventually(() => expect(raw.received()).to.contain('101 Switching Protocols'))
    raw.socket.destroy()
  })
})
