import { once } from 'node:events'
import { connect } from 'node:net'
import { expect } from 'chai'
import { routeList } from '../../src/api/route-list.js'
import { expectCommonHeaders } from '../support/common-headers.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

const ALLOWED = 'https://chat.example.com'
const FOREIGN = 'https://elsewhere.example.com'

describe('The headers that every answer bears', function () {
  this.timeout(120_000)
  let parley: TestApp
  let ann: TestUser

  before(async () => {
    parley = await startTestApp({ allowedOrigins: [ALLOWED], production: true })
    ann = await parley.register('ann')
  })

  after(() => parley[Symbol.asyncDispose]())

  const pathOf = (path: string): string => path.replace(/:\w+/g, '00000000-0000-4000-8000-000000000000')

  it('are there for every route, whatever its answer, and name an allowed origin only', async () => {
    for (const { method, path: pattern } of routeList) {
      const path = pathOf(pattern)
      const call = (request: Parameters<TestApp['call']>[2]) => parley.call(method.toUpperCase(), path, request)
      expectCommonHeaders(await call({ token: ann.token }), path)
      expectCommonHeaders(await call({ token: ann.token, headers: { origin: ALLOWED } }), path, ALLOWED)
      expectCommonHeaders(await call({ headers: { origin: FOREIGN } }), path)
    }
  })

  it('are there where no route takes the request', async () => {
    for (const [method, path, status] of [
      ['GET', '/nowhere', 404],
      ['DELETE', '/healthz', 405],
      ['GET', '/users/%ff', 400],
    ] as const) {
      const answer = await parley.call(method, path, { token: ann.token, headers: { origin: ALLOWED } })
      expect(answer.status, path).to.equal(status)
      expectCommonHeaders(answer, path, ALLOWED)
    }
  })

  it('are there on a 304, which has no body, and on the answer to HEAD', async () => {
    const page = await parley.call('GET', '/docs')
    expectCommonHeaders(page, '/docs')
    const known = await parley.call('GET', '/docs', { headers: { 'if-none-match': page.headers.get('etag') } })
    expect(known).to.include({ status: 304, body: '' })
    expectCommonHeaders(known, '/docs')
    expect(known.headers.has('content-length')).to.equal(false)
    const head = await parley.call('HEAD', '/docs')
    expect(head).to.include({ status: 200, body: '' })
    expectCommonHeaders(head, '/docs')
    expect(head.headers.get('content-length')).to.equal(String(Buffer.byteLength(String(page.body))))
  })

  it('are there on the answer to a preflight request, which may be kept for ten minutes', async () => {
    const headers = {
      origin: ALLOWED,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    }
    const preflight = await parley.call('OPTIONS', '/chats', { headers })
    expect(preflight).to.include({ status: 204, body: '' })
    expect(preflight.headers.get('access-control-allow-methods')).to.equal('GET,HEAD,POST,PUT,PATCH,DELETE')
    expect(preflight.headers.get('access-control-allow-headers')).to.equal('authorization')
    expect(preflight.headers.get('access-control-max-age')).to.equal('600')
    expect(preflight.headers.get('vary')).to.equal('Origin, Access-Control-Request-Headers')
    expect(preflight.headers.get('x-content-type-options')).to.equal('nosniff')
    expect(preflight.headers.get('content-security-policy')).to.equal(`default-src 'none';frame-ancestors 'none'`)
    expect(preflight.headers.get('access-control-allow-origin')).to.equal(ALLOWED)
    expect(preflight.headers.get('x-request-id')).to.match(/^[\da-f-]{36}$/)
  })

  it('are written once each, with a length wherever there is a body', async () => {
    const { token } = await parley.register('ben')
    const { port, hostname } = new URL(parley.app.url)
    const socket = connect(Number(port), hostname)
    const lines = [
      'GET /docs HTTP/1.1',
      'Host: a',
      `Origin: ${ALLOWED}`,
      'Connection: keep-alive',
      '',
      'GET /chats HTTP/1.1',
      'Host: a',
      `Authorization: Bearer ${token}`,
      'Connection: close',
      '',
      '',
    ]
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    socket.write(lines.join('\r\n'))
    await once(socket, 'close')
    const heads = text.match(/HTTP\/1\.1 200 OK\r\n[^]*?\r\n\r\n/g) ?? []
    expect(heads, text).to.have.length(2)
    for (const head of heads) {
      const names = Array.from(head.matchAll(/^([\w-]+):/gm), ([, name]) => name?.toLowerCase())
      expect(new Set(names).size, head).to.equal(names.length)
      expect(names).to.include('content-length').and.not.to.include('transfer-encoding')
    }
  })
})
