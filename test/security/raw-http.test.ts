import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestUser, type TestApp } from '../support/test-app.js'
import { rawExchange, rawRequest as request, statusesOf as statuses } from './raw-exchange.js'

describe('malformed HTTP requests', () => {
  let parley: TestApp
  let ada: TestUser

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
  })

  after(() => parley[Symbol.asyncDispose]())

  const exchange = (sent: string, weEnd = false): Promise<string> => rawExchange(parley.app.url, sent, weEnd)
  const close = 'Connection: close'

  it('with two lengths, or a length and chunks, are refused, so that no second request is smuggled in', async () => {
    const hidden = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'
    const smuggling = [
      ['Content-Length: 5', 'Content-Length: 6'],
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
      ['Content-Length: +5'],
      ['Content-Length: -1'],
      ['Transfer-Encoding: xchunked'],
    ]
    for (const headers of smuggling) {
      const answer = await exchange(request('POST /auth/login', [...headers, 'Content-Type: application/json'], hidden))
      expect(statuses(answer), headers.join()).to.deep.equal([400])
    }
  })

  it('with line ends or NUL in a header, or without a Host header, are refused', async () => {
    for (const header of ['X-A: a\rX-B: b', 'X-A: a\0b', 'X A: b', ' folded: x'])
      expect(statuses(await exchange(request('GET /healthz', [header, close])))).to.deep.equal([400])
    expect(statuses(await exchange(`GET /healthz HTTP/1.1\r\n${close}\r\n\r\n`))).to.deep.equal([400])
  })

  it('that are not HTTP are refused', async () => {
    for (const garbage of [
      '\0\0\0\0',
      'GET\r\n\r\n',
      'HELO there\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ])
      expect(statuses(await exchange(garbage))).to.deep.equal([400])
  })

  it('with a body shorter than its Content-Length time out, and the next connection is served', async () => {
    const short = request(
      'POST /auth/login',
      ['Content-Length: 100', 'Content-Type: application/json', close],
      '{"email"',
    )
    expect(statuses(await exchange(short, true))).to.satisfy((codes: number[]) => codes.every((code) => code === 400))
    expect(statuses(await exchange(request('GET /healthz', [close])))).to.deep.equal([200])
  })

  it('that follow a malformed one on the same connection are ignored', async () => {
    const good = request('GET /healthz', [])
    expect(statuses(await exchange(`${good}BROKEN\r\n\r\n${good}${good}`)).at(-1)).to.equal(400)
  })

  it('cannot reach another resource by path tricks', async () => {
    const token = `Authorization: Bearer ${ada.token}`
    const tricks: [string, number][] = [
      ['/../../../../etc/passwd', 404],
      ['/docs/..%2f..%2fpackage.json', 404],
      ['/docs/../../package.json', 404],
      ['/docs/%2e%2e/%2e%2e/package.json', 404],
      ['/docs/docs.css%00.html', 404],
      ['/%c0%ae%c0%ae/etc/passwd', 404],
      ['//users/me', 404],
      ['/users/me%00', 400],
      ['/users/me/../../metrics/../users/%6de', 404],
      ['/users/%', 400],
      [`/${'a'.repeat(12_000)}`, 404],
      ['http://127.0.0.1:1/users/nobody', 404],
    ]
    for (const [path, status] of tricks) {
      const answer = await exchange(request(`GET ${path}`, [token, close]))
      expect(statuses(answer), path).to.have.length(1)
      expect(statuses(answer)[0], path).to.be.oneOf([status, 400, 404])
      expect(answer, path).to.not.match(/root:|"dependencies"/)
    }
  })

  it('cannot override their method by a header', async () => {
    const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE', 'x-original-url': '/metrics' }
    expect((await parley.call('GET', '/users/me', { token: ada.token, headers })).status).to.equal(200)
    expect((await parley.call('PROPFIND', '/users/me')).status).to.equal(405)
  })

  it('with a forged Host header still cause mails with links to PUBLIC_URL', async () => {
    const body = JSON.stringify({ email: ada.email })
    const headers = [
      `Content-Length: ${body.length}`,
      'Content-Type: application/json',
      'X-Forwarded-Host: evil.example',
      close,
    ]
    const sent = ['POST /auth/password-reset HTTP/1.1', 'Host: evil.example', ...headers, '', body].join('\r\n')
    const before = parley.mails.length
    expect(statuses(await exchange(sent))).to.deep.equal([202])
    await eventually(() =>
      expect(
        parley.mails
          .slice(before)
          .map(({ text }) => text)
          .join(),
      ).to.include('https://chat.example.com/'),
    )
    expect(JSON.stringify(parley.mails)).to.not.include('evil.example')
  })

  it('of another content type than JSON are refused with their own code', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
      'application/xml',
      '',
    ]) {
      const answer = await fetch(`${parley.app.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{}',
      })
      expect(answer.status, type).to.equal(415)
    }
  })
})
