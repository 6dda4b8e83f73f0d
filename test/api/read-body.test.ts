import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import express from 'express'
import type { Handler, Reply, Request } from '../../src/api/exchange.js'
import { problemOf } from '../../src/api/problem-details.js'
import { readBody } from '../../src/api/read-body.js'
import { eventually } from '../support/eventually.js'

/** The same JSON in UTF-8, which is read directly by this name; by the other one express reads it. */
const DIRECT = 'application/json; charset=utf-8'
const BY_EXPRESS = 'application/json ; charset=UTF-8'

describe('The body of a request', () => {
  let server: Server
  /** What became of each request, in the order of their ends. */
  let outcomes: unknown[]

  before(async () => {
    const app = express()
    const handler: Handler = (req, res) => read(req, res)
    app.use(handler as never)
    server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  beforeEach(() => {
    outcomes = []
  })

  after(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })

  async function read(req: Request, res: Reply): Promise<void> {
    const outcome = await readBody('json', req, res).then(
      () => ({ body: JSON.stringify(req.body), own: Object.getOwnPropertyNames(req.body ?? {}) }),
      (error: unknown) => problemOf(error, 'r').code,
    )
    outcomes.push(outcome)
    res.writeHead(200, { Connection: 'close' }).end()
  }

  /** Sends the head and then the parts of the body, in packets of their own; gives what became of it. */
  async function send(headers: readonly string[], parts: readonly Buffer[], isCutShort = false): Promise<unknown> {
    const { port } = server.address() as AddressInfo
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => undefined).resume()
    await once(socket, 'connect')
    const before = outcomes.length
    socket.write(['POST / HTTP/1.1', 'Host: a', ...headers, '', ''].join('\r\n'))
    for (const part of parts) {
      await new Promise((written) => socket.write(part, written))
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (isCutShort) socket.destroy()
    await eventually(() => expect(outcomes).to.have.length(before + 1))
    socket.destroy()
    return outcomes.at(-1)
  }

  const outcomeOf = (type: string, body: Buffer, more: readonly string[] = []): Promise<unknown> =>
    send([`Content-Type: ${type}`, `Content-Length: ${body.length}`, ...more], [body])

  const text = (json: string): Buffer => Buffer.from(json)

  const bodies: Record<string, Buffer> = {
    'an object': text('{"a":1,"b":"é😀"}'),
    'a list': text('[1,2]'),
    'whitespace around': text(' \n\t{"a":1}\r\n '),
    'a byte order mark': text('\uFEFF{"a":1}'),
    'two byte order marks': text('\uFEFF\uFEFF{"a":1}'),
    'invalid UTF-8': Buffer.concat([text('{"a":"'), Buffer.from([0xff, 0xc3, 0x28, 0xe2, 0x82]), text('"}')]),
    'half a surrogate pair': text('{"a":"\\ud800"}'),
    __proto__: text('{"__proto__":{"isAdmin":true},"constructor":1}'),
    'a key that is there twice': text('{"a":1,"a":2}'),
    'only whitespace': text('   '),
    'a word': text('null'),
    'a string': text('"{}"'),
    'a number': text('7'),
    'no JSON': text('{"a"'),
    'something behind': text('{"a":1}{'),
    'a NUL': text('{"a":1}\0'),
    'deep lists': text('['.repeat(200) + ']'.repeat(200)),
    'deep lists within a text': text(`{"a":"${'['.repeat(200)}"}`),
    'the most that is taken': text(`{"a":"${'x'.repeat(256 * 1024 - 8)}"}`),
    'one byte more than is taken': text(`{"a":"${'x'.repeat(256 * 1024 - 7)}"}`),
    nothing: Buffer.alloc(0),
  }

  for (const [name, body] of Object.entries(bodies))
    it(`is read as express reads it: ${name}`, async () => {
      expect(await outcomeOf(DIRECT, body)).to.deep.equal(await outcomeOf(BY_EXPRESS, body))
    })

  it('may hold __proto__ as a name like any other, and changes no prototype by it', async () => {
    expect(await outcomeOf(DIRECT, text('{"__proto__":{"isAdmin":true}}'))).to.deep.equal({
      body: '{"__proto__":{"isAdmin":true}}',
      own: ['__proto__'],
    })
  })

  it('is read in as many packets as it arrives in, also where one ends within a character', async () => {
    const body = text('{"a":"é😀"}')
    const bytes = Array.from(body, (_, at) => body.subarray(at, at + 1))
    const headers = [`Content-Type: ${DIRECT}`, `Content-Length: ${body.length}`]
    expect(await send(headers, bytes)).to.deep.equal({ body: body.toString(), own: ['a'] })
  })

  it('is refused with the same code where it ends before its length', async () => {
    for (const type of [DIRECT, BY_EXPRESS]) {
      const headers = [`Content-Type: ${type}`, 'Content-Length: 50']
      expect(await send(headers, [text('{"a":1}')], true), type).to.equal('malformed-request')
    }
  })

  it('is decompressed, or read without a length, by express', async () => {
    const body = text('{"a":1}')
    const read = { body: '{"a":1}', own: ['a'] }
    expect(await outcomeOf(DIRECT, gzipSync(body), ['Content-Encoding: gzip'])).to.deep.equal(read)
    expect(await outcomeOf(DIRECT, body, ['Content-Encoding: identity'])).to.deep.equal(read)
    expect(await outcomeOf(DIRECT, body, ['Content-Encoding: gzip'])).to.equal('malformed-request')
    const chunked = [`Content-Type: ${DIRECT}`, 'Transfer-Encoding: chunked']
    expect(await send(chunked, [text('7\r\n{"a":1}\r\n0\r\n\r\n')])).to.deep.equal(read)
  })

  it('in another encoding, or of another type, is refused', async () => {
    const body = text('{"a":1}')
    for (const type of [
      'application/json; charset=latin1',
      'application/json; charset=utf-16le',
      'application/json; charset=nonsense',
      'text/plain',
      'application/jsonx',
      'application/x-www-form-urlencoded',
    ])
      expect(await outcomeOf(type, body), type).to.equal('not-json')
    expect(await send([`Content-Length: ${body.length}`], [body])).to.equal('not-json')
  })
})
