import { gzipSync, brotliCompressSync } from 'node:zlib'
import { expect } from 'chai'
import { startTestApp, type TestUser, type TestApp } from '../support/test-app.js'
import { rawExchange, rawRequest, statusesOf } from './raw-exchange.js'

const CLOSE = 'Connection: close'
const JSON_TYPE = 'Content-Type: application/json'

describe('ambiguous headers and paths', () => {
  let parley: TestApp
  let ada: TestUser
  let eve: TestUser

  before(async () => {
    parley = await startTestApp({ rateLimits: true })
    ada = await parley.register('Ada')
    eve = await parley.register('Eve')
  })

  after(() => parley[Symbol.asyncDispose]())

  const exchange = (sent: string): Promise<string> => rawExchange(parley.app.url, sent)
  const tokenOf = ({ token }: TestUser): string => `Authorization: Bearer ${token}`

  async function expectRefused(line: string, headers: string[], body: string, status: number, code?: string) {
    const answer = await exchange(rawRequest(line, headers, body))
    expect(statusesOf(answer), `${line} ${headers.join()}`).to.deep.equal([status])
    if (code !== undefined) expect(answer).to.include(`"code":"${code}"`)
  }

  it('a repeated Host, Authorization or Content-Type header is refused, in any order and case', async () => {
    const refused = (headers: string[], line = 'GET /users/me', body = '') =>
      expectRefused(line, [...headers, CLOSE], body, 400, 'malformed-request')
    await refused([tokenOf(ada), tokenOf(eve)])
    await refused([tokenOf(ada), tokenOf(ada).toUpperCase()])
    await refused(['AUTHORIZATION: none', tokenOf(ada)])
    await refused([tokenOf(ada), 'hOST: evil.example'])
    await refused([JSON_TYPE, 'content-type: text/plain', 'Content-Length: 2'], 'POST /auth/login', '{}')
  })

  it('too many headers are refused, and none is dropped silently', async () => {
    const some = (count: number): string[] => Array.from({ length: count }, (_, index) => `X-${index}: y`)
    await expectRefused('GET /users/me', [...some(100), tokenOf(ada), CLOSE], '', 400, 'malformed-request')
    const answer = await exchange(rawRequest('GET /users/me', [...some(90), tokenOf(ada), CLOSE], ''))
    expect(statusesOf(answer)).to.deep.equal([200])
  })

  it('a repeated Idempotency-Key header is refused', () =>
    expectRefused(
      'POST /chats',
      [tokenOf(ada), 'Idempotency-Key: a', 'Idempotency-Key: b', JSON_TYPE, 'Content-Length: 21', CLOSE],
      '{"participantIds":[]}',
      400,
      'validation-failed',
    ))

  it('malformed chunks are refused', async () => {
    const chunked = 'Transfer-Encoding: chunked'
    const broken: [string, string, number][] = [
      ['Transfer-Encoding : chunked', '0\r\n\r\n', 400],
      ['Transfer-Encoding:\x0bchunked', '0\r\n\r\n', 400],
      [chunked, 'zz\r\n{}\r\n0\r\n\r\n', 400],
      [chunked, '0x2\r\n{}\r\n0\r\n\r\n', 400],
      [chunked, '-2\r\n{}\r\n0\r\n\r\n', 400],
      [chunked, 'fffffffffffffffff\r\n{}\r\n0\r\n\r\n', 400],
      [chunked, '2\n{}\n0\n\n', 400],
      [chunked, `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`, 413],
    ]
    for (const [header, body, status] of broken)
      await expectRefused('POST /auth/login', [header, JSON_TYPE, CLOSE], body, status)
  })

  it('trailers are not taken for headers', () =>
    expectRefused(
      'POST /chats',
      ['Transfer-Encoding: chunked', 'Trailer: Authorization', JSON_TYPE, CLOSE],
      `2\r\n{}\r\n0\r\n${tokenOf(ada)}\r\n\r\n`,
      401,
      'token-missing',
    ))

  it('bytes after the Content-Length are read as the next request, and refused', async () => {
    const sent = rawRequest('POST /auth/login', [JSON_TYPE, 'Content-Length: 2'], '{}{"email":"a@example.com"}\r\n\r\n')
    // Node may refuse the second before the first is answered.
    expect(new Set(statusesOf(await exchange(sent)))).to.deep.equal(new Set([400]))
  })

  it('a compressed body that decompresses beyond the limit is refused, and so is an unknown Content-Encoding', async () => {
    const large = Buffer.from(JSON.stringify({ email: 'a'.repeat(20_000_000), password: 'x' }))
    const packed: [string, Buffer, number, string][] = [
      ['gzip', gzipSync(large), 413, 'body-too-large'],
      ['br', brotliCompressSync(large), 413, 'body-too-large'],
      ['gzip', Buffer.from('{}'), 400, 'malformed-request'],
      ['gzip, gzip', gzipSync(gzipSync('{}')), 415, 'not-json'],
      ['../../etc/passwd', Buffer.from('{}'), 415, 'not-json'],
    ]
    for (const [encoding, body, status, code] of packed) {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
      const answer = await fetch(`${parley.app.url}/auth/login`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      })
      expect(await answer.json(), encoding).to.include({ status, code })
    }
  })

  it('no path, query or header can inject a line into an answer', async () => {
    const line = '%0d%0aX-Injected:%20yes'
    for (const path of [`/${line}`, `/docs/docs.css${line}`, `/users/${line}`, `/chats?limit=1&after=${line}`]) {
      const answer = await exchange(rawRequest(`GET ${path}`, [tokenOf(ada), CLOSE]))
      expect(answer.split('\r\n\r\n')[0], path).to.not.match(/^x-injected/im)
    }
    const given = ['X-Request-Id: a%0d%0aX-Injected: yes', 'Parley-Position: \\r\\nX-Injected: yes', 'Origin: x%0d%0a']
    for (const header of given) {
      const answer = await exchange(rawRequest('GET /users/me', [tokenOf(ada), header, CLOSE]))
      expect(answer.split('\r\n\r\n')[0], header).to.not.match(/injected|%0d/i)
    }
  })

  it('a doubly encoded path is decoded once', async () => {
    const tricks: [string, number][] = [
      ['/%252e%252e/%252e%252e/etc/passwd', 404],
      ['/docs/%252e%252e%252fpackage.json', 404],
      ['/docs/..%5c..%5cpackage.json', 404],
      ['/docs/__proto__', 404],
      ['/docs/constructor', 404],
      ['/users/%2e%2e%2fmetrics', 400],
      ['/users/me;role=admin', 400],
      ['/%75sers/me/..', 404],
      ['/users?%61ll=true', 403],
      ['/users?all=true&all=true', 403],
      ['/users?ALL=true', 400],
      ['/users?all[]=true', 400],
    ]
    for (const [path, status] of tricks) await expectRefused(`GET ${path}`, [tokenOf(ada), CLOSE], '', status)
  })

  it('unsupported methods are refused, or end their connection', async () => {
    await expectRefused('TRACE /users/me', [tokenOf(ada), CLOSE], '', 405, 'method-not-allowed')
    await expectRefused('POST /auth/login', ['Expect: nothing', JSON_TYPE, 'Content-Length: 2', CLOSE], '{}', 417)
    await expectRefused('GET /users/me?a b', [tokenOf(ada), CLOSE], '', 400)
    expect(await exchange(rawRequest('CONNECT 127.0.0.1:22', []))).to.equal('')
    expect(statusesOf(await exchange('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'))).to.deep.equal([400])
    const upgrades = ['Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAA', tokenOf(ada)]
    for (const protocol of ['h2c', 'websocket']) {
      const answer = await exchange(rawRequest('GET /users/me', [...upgrades, `Upgrade: ${protocol}`]))
      expect(statusesOf(answer), 'an upgrade that is not followed is ignored').to.deep.equal([200])
      expect(answer).to.include(ada.id)
    }
  })
})
