import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { request } from 'node:http'
import { expect } from 'chai'
import { createHttpServer } from '../../src/api/http-server.js'
import { startTestApp, next, type Answer, type TestUser, type TestApp } from '../support/test-app.js'

/** All that comes back on a connection until the server ends it. */
async function exchange(url: string, sent: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  socket.on('error', () => undefined)
  socket.write(sent)
  await once(socket, 'close')
  return answer
}

describe('slow and oversized requests', () => {
  const answering = async (options: object, sent: string): Promise<string> => {
    const { server, close } = createHttpServer({ connectionsCheckingInterval: 10, ...options })
    server.listen(0, '127.0.0.1')
    server.on('request', (req, res) => void req.resume().on('end', () => res.end('done')))
    await once(server, 'listening')
    try {
      return await exchange(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent)
    } finally {
      await close(0)
    }
  }

  it('request headers that never end are answered with 408', async () => {
    const answer = await answering({ headersTimeout: 50 }, 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ')
    expect(answer).to.match(/^HTTP\/1\.1 408 /)
  })

  it('an idle connection is closed with 408', async () => {
    expect(await answering({ headersTimeout: 50 }, '')).to.match(/^HTTP\/1\.1 408 /)
  })

  it('a body that never ends is cut off', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345'
    expect(await answering({ headersTimeout: 50, requestTimeout: 50 }, head)).to.match(/^HTTP\/1\.1 408 /)
  })

  it('headers of more than 16 KiB are refused with 431', async () => {
    const answer = await answering({}, `GET / HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(17 * 1024)}\r\n\r\n`)
    expect(answer).to.match(/^HTTP\/1\.1 431 /)
  })

  it('the defaults are 10 s for headers and 30 s for a whole request', () => {
    const { headersTimeout, requestTimeout, maxHeadersCount } = createHttpServer().server
    expect({ headersTimeout, requestTimeout, maxHeadersCount }).to.deep.equal({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      maxHeadersCount: 0,
    })
  })
})

describe('input hardening', () => {
  let parley: TestApp
  let alice: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp({
      longPolling: true,
      allowedOrigins: ['https://chat.example.com'],
      metricsToken: 'of-the-scraper-alone',
    })
    alice = await parley.register('Alice')
    const chat = await parley.call('POST', '/chats', { token: alice.token, body: { participantIds: [], name: 'Team' } })
    chatId = (chat.body as { id: string }).id
  })

  after(() => parley[Symbol.asyncDispose]())

  const send = (body: string, headers = {}): Promise<Answer> =>
    parley.call('POST', `/chats/${chatId}/messages`, { token: alice.token, body, headers })

  describe('bodies', () => {
    const nested = (depth: number): string =>
      `{"content":"hi","metadata":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`

    it('nested more than 32 levels deep are refused with their own code, objects as well as arrays', async () => {
      expect((await send(nested(30))).status).to.equal(201)
      expect((await send(nested(31))).body).to.include({ status: 400, code: 'too-deeply-nested' })
      expect((await send(nested(60_000))).body).to.include({ status: 400, code: 'too-deeply-nested' })
      const objects = `{"content":"hi","metadata":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`
      expect((await send(objects)).body).to.include({ status: 400, code: 'too-deeply-nested' })
    })

    it('brackets inside strings do not count as nesting', async () => {
      const content = `a "quoted\\" ${'[{'.repeat(100)}`
      expect((await send(JSON.stringify({ content }))).body).to.include({ content })
    })

    it('in encodings other than UTF-8 are refused', async () => {
      const refused = await send('{"content":"hi"}', { 'content-type': 'application/json; charset=utf-16le' })
      expect(refused.body).to.include({ status: 415, code: 'not-json' })
    })

    it('nested too deeply on a socket are refused with the same code, and the socket stays connected', async () => {
      const socket = parley.socket(alice.token)
      await next(socket, 'ready')
      let metadata: object = {}
      for (let depth = 0; depth < 3_000; depth++) metadata = { a: metadata }
      const ack = (await socket.emitWithAck('send_message', { chatId, content: 'hi', metadata })) as { error: object }
      expect(ack.error).to.include({ status: 400, code: 'too-deeply-nested' })
      expect(socket.connected).to.equal(true)
    })
  })

  describe('origins', () => {
    const upgrade = (origin?: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(parley.app.url)
        const headers = {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': Buffer.alloc(16, 1).toString('base64'),
          ...(origin === undefined ? {} : { origin }),
        }
        const asked = request({ hostname, port, path: '/socket.io/?EIO=4&transport=websocket', headers })
        asked.on('response', (response) => resolve(response.resume().statusCode))
        asked.on('upgrade', (response, socket) => {
          socket.destroy()
          resolve(response.statusCode)
        })
        asked.on('error', reject)
        asked.end()
      })
    const poll = async (origin: string): Promise<number> =>
      (await parley.call('GET', '/socket.io/?EIO=4&transport=polling', { headers: { origin } })).status
    const foreign = ['https://evil.example.com', 'https://chat.example.com.evil.com', 'http://chat.example.com', 'null']

    it('a websocket from a foreign origin is refused with 403; an allowed origin or none is accepted', async () => {
      for (const origin of foreign) expect(await upgrade(origin), origin).to.equal(403)
      expect(await upgrade('https://chat.example.com')).to.equal(101)
      expect(await upgrade()).to.equal(101)
    })

    it('polling is checked in the same way', async () => {
      for (const origin of foreign) expect(await poll(origin), origin).to.equal(403)
      expect(await poll('https://chat.example.com')).to.equal(200)
    })

    it('only allowed origins get CORS headers over REST', async () => {
      const allowed = async (origin: string): Promise<string | null> =>
        (await parley.call('GET', '/healthz', { headers: { origin } })).headers.get('access-control-allow-origin')
      for (const origin of foreign) expect(await allowed(origin), origin).to.equal(null)
      expect(await allowed('https://chat.example.com')).to.equal('https://chat.example.com')
    })
  })

  describe('metrics', () => {
    const metrics = (headers: object): Promise<Answer> => parley.call('GET', '/metrics', { headers })

    it('require the metrics token', async () => {
      expect((await metrics({})).body).to.include({ status: 401, code: 'token-missing' })
      expect((await metrics({ authorization: 'Bearer of-the-scraper-alone x' })).body).to.include({
        code: 'invalid-token',
      })
      expect((await metrics({ authorization: 'Bearer of-somebody-else' })).body).to.include({ code: 'invalid-token' })
      expect((await metrics({ authorization: `Bearer ${alice.token}` })).status).to.equal(401)
      for (const path of ['/metrics/', '/METRICS', '/metrics?a=1'])
        expect((await parley.call('GET', path)).status, path).to.equal(401)
      const told = await metrics({ authorization: 'Bearer of-the-scraper-alone' })
      expect(told.status).to.equal(200)
      expect(told.body).to.include('messages_sent_total')
    })
  })

  describe('/readyz', () => {
    const readyz = async (authorization?: string): Promise<unknown> =>
      (await parley.call('GET', '/readyz', { headers: authorization === undefined ? {} : { authorization } })).body

    it('shows its status to anyone, components and positions only with the metrics token', async () => {
      for (const authorization of [undefined, 'Bearer of-somebody-else', `Bearer ${alice.token}`])
        expect(await readyz(authorization)).to.have.all.keys('status')
      expect(await readyz('Bearer of-the-scraper-alone')).to.have.all.keys('status', 'components')
    })
  })

  describe('displayed text', () => {
    const turning = ['\u202a', '\u202e', '\u2066', '\u2069', '\u200e', '\u200f', '\u061c']

    it('contains no bidirectional control characters, except inside messages', async () => {
      for (const mark of turning) {
        const name = `Ali${mark}ce`
        const told = await Promise.all([
          parley.call('PATCH', '/users/me', { token: alice.token, body: { name } }),
          parley.call('PATCH', '/users/me', { token: alice.token, body: { statusText: name } }),
          parley.call('POST', '/chats', { token: alice.token, body: { participantIds: [], name } }),
          parley.call('POST', '/auth/register', { body: { email: 'a@example.com', password: 'long enough', name } }),
          parley.call('POST', '/auth/register', {
            body: { email: `${name}@example.com`, password: 'long enough', name: 'Alice' },
          }),
        ])
        for (const { body } of told) expect(body).to.include({ status: 400, code: 'validation-failed' })
        expect((await send(JSON.stringify({ content: name }))).body).to.include({ content: name })
      }
    })

    it('accepts avatar URLs with http and https only', async () => {
      const withAvatar = (avatarUrl: string) =>
        parley.call('PATCH', '/users/me', { token: alice.token, body: { avatarUrl } })
      for (const url of [
        'javascript:alert(1)',
        'data:image/svg+xml,<svg/>',
        'file:///etc/passwd',
        '//a.example/b',
        'x',
      ])
        expect((await withAvatar(url)).body, url).to.include({ status: 400, code: 'validation-failed' })
      expect((await withAvatar('https://a.example/b.png')).status).to.equal(200)
    })
  })

  describe('information about the server', () => {
    it('is never in an answer: no version, no stack, no SQL', async () => {
      const asked = await Promise.all([
        parley.call('GET', '/'),
        parley.call('GET', '/chats/%E0%A4%A'),
        parley.call('GET', "/users/' or 1=1 --", { token: alice.token }),
        parley.call('GET', '/chats?after=x', { token: alice.token }),
        parley.call('GET', '/socket.io/?EIO=1&transport=polling'),
        parley.call('GET', '/docs/../package.json'),
        parley.call('GET', '/docs/%2e%2e%2fpackage.json'),
        send('{"content":'),
        send('nothing like it'),
      ])
      for (const { status, headers, body } of asked) {
        expect(status).to.be.within(400, 499)
        expect([headers.get('server'), headers.get('x-powered-by')]).to.deep.equal([null, null])
        expect(JSON.stringify(body)).not.to.match(/node_modules|\bat .*:\d+|express|postgres|select|dependencies/i)
      }
    })

    it('answers have a content security policy that allows nothing', async () => {
      const { headers } = await parley.call('GET', '/users/me', { token: alice.token })
      expect(headers.get('content-security-policy')).to.equal(`default-src 'none';frame-ancestors 'none'`)
      expect(headers.get('x-content-type-options')).to.equal('nosniff')
    })
  })

  describe('/docs', () => {
    it('has a strict content security policy: own files only, nothing inline', async () => {
      const page = await parley.call('GET', '/docs')
      const html = page.body as string
      expect(page.status).to.equal(200)
      expect(page.headers.get('content-type')).to.equal('text/html; charset=utf-8')
      const policy = page.headers.get('content-security-policy') ?? ''
      expect(policy).to.match(
        /^default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self'/,
      )
      expect(policy.replace("style-src 'self' 'unsafe-inline'", '')).not.to.match(/unsafe|http|\*/)
      expect(html).not.to.match(/<style|style=|<script>|\son\w+=|https?:/)
      const links = Array.from(html.matchAll(/(?:src|href)="(\/[^"]+)"/g), ([, path]) => path!)
      expect(links).to.have.members([
        '/docs/swagger-ui.css',
        '/docs/swagger-ui-bundle.js',
        '/docs/docs.js',
        '/docs/realtime.html',
        '/openapi.json',
      ])
      for (const path of links) expect((await parley.call('GET', path)).status, path).to.equal(200)
      expect((await parley.call('GET', '/docs/other.js')).body).to.include({ status: 404, code: 'not-found' })
    })

    it('its scripts never insert data as HTML', async () => {
      for (const file of ['docs.js', 'realtime.js']) {
        const { body } = await parley.call('GET', `/docs/${file}`)
        expect(body).not.to.match(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/)
      }
    })
  })
})
