import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Registry } from 'prom-client'
import winston from 'winston'
import { createClientAddress } from '../../src/api/client-address.js'
import type { ApiDeps } from '../../src/api/parts.js'
import { createApi } from '../../src/api/server.js'
import { problemOf } from '../../src/api/problem-details.js'
import { createAuthenticate } from '../../src/requests/authenticate.js'
import { createRequestPath } from '../../src/requests/request-path.js'
import { createTokens } from '../../src/identity/sessions/tokens.js'
import { createRequestLimits } from '../../src/limits/request-limits.js'
import { createOwnWrites } from '../../src/projections/engine/own-writes.js'
import { createProgress } from '../../src/followers/progress.js'

// What the edge alone decides: these requests never reach the log or a read model.

let now = new Date('2026-01-01T00:00:00Z')
const clock = () => now
const registry = new Registry()
const logged: unknown[] = []
const tokens = createTokens({
  keys: [{ kid: 'a', key: createSecretKey(randomBytes(32)) }],
  issuer: 'parley',
  audience: 'parley',
  accessTokenSeconds: 900,
  clock,
})
const comparePositions = (a: string, b: string): number => Number(a) - Number(b)
const unreachable = new Proxy({}, { get: () => () => Promise.reject(new Error('secret of the machine room')) })

const logger = winston.createLogger({ silent: true })
const security = { record: () => undefined }
const limits = createRequestLimits({ isOn: false, onRefused: () => undefined })

const deps = {
  ...{ run: unreachable, sendMessage: unreachable, renderSentMessage: unreachable, pastFrames: unreachable },
  ...{
    accountStatuses: unreachable,
    accounts: unreachable,
    sessions: unreachable,
    queries: unreachable,
    readiness: unreachable,
  },
  progress: createProgress('0', comparePositions),
  ownWrites: createOwnWrites(comparePositions),
  head: () => Promise.resolve('0'),
  comparePositions,
  authenticate: createAuthenticate({ tokens, sessionCheck: () => null, botCheck: () => expect.fail() }),
  requestPath: createRequestPath({ limits, security, problemOf, logger }),
  registry,
  readMetrics: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  allowedOrigins: ['https://chat.example.com'],
  production: true,
  clock,
  clientAddress: createClientAddress([]),
  security,
  log: logger,
  accessLog: logger,
  onAnswered: null,
  registrationGuard: <Result>(_email: unknown, _client: unknown, register: () => Promise<Result>) => register(),
  passwordGuard: <Result>(_whose: unknown, _source: unknown, check: () => Promise<Result>) => check(),
  metricsToken: null,
  hasMetricsPort: false,
} as unknown as ApiDeps

let server: Server
let url: string

const newToken = (): string =>
  tokens.issue({ userId: randomUUID(), sessionId: randomUUID(), roles: [], generation: 0, authTime: now }).token

interface Outcome {
  status: number
  code?: string
  errors?: object[]
  headers: Headers
}

async function ask(path: string, { json, ...init }: RequestInit & { json?: string } = {}): Promise<Outcome> {
  const headers = { authorization: `Bearer ${newToken()}`, ...(init.headers as object) }
  const withBody = json === undefined ? {} : { body: json, method: 'POST' }
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url + path, { ...withBody, ...init, headers: { ...type, ...headers } })
  const text = await response.text()
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true
  const problem = isProblem ? (JSON.parse(text) as object) : {}
  return { ...problem, status: response.status, headers: response.headers }
}

describe('the HTTP layer of the API', () => {
  before(async () => {
    logger.error = (...given: unknown[]) => {
      logged.push(given)
      return logger
    }
    server = createServer(createApi(deps)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  after(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })

  it('answers unknown paths with 404, and unknown methods with 405 and Allow', async () => {
    expect(await ask('/nowhere')).to.include({ status: 404, code: 'not-found' })
    const wrongMethod = await ask('/users/me', { method: 'DELETE' })
    expect(wrongMethod).to.include({ status: 405, code: 'method-not-allowed' })
    expect(wrongMethod.headers.get('allow')).to.equal('GET, HEAD, PATCH')
  })

  it('requires a valid bearer token, and names the fault of an invalid one', async () => {
    const token = newToken()
    const withToken = (authorization: string) => ask('/chats?limit=0', { headers: { authorization } })
    expect(await withToken(`Bearer ${token}`)).to.include({ status: 400 })
    expect(await withToken(`bearer ${token}`)).to.include({ status: 400 })
    for (const wrong of ['', 'Basic abc', token]) expect(await withToken(wrong)).to.include({ code: 'token-missing' })
    for (const forged of [`${token}x`, 'a.b.c']) {
      const refused = await withToken(`Bearer ${forged}`)
      expect(refused).to.include({ status: 401, code: 'invalid-token' })
      expect(refused.headers.get('www-authenticate')).to.equal('Bearer error="invalid_token"')
    }
    now = new Date(now.getTime() + 900_000)
    expect(await withToken(`Bearer ${token}`)).to.include({ status: 401, code: 'token-expired' })
  })

  it('accepts only complete JSON of at most 256 KiB', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await ask('/chats', { method: 'POST', body: 'a=1', headers: form })).to.include({
      status: 415,
      code: 'not-json',
    })
    expect(await ask('/chats', { json: '{"name"' })).to.include({ status: 400, code: 'malformed-json' })
    expect(await ask('/chats', { json: '7' })).to.include({ status: 400, code: 'malformed-json' })
    const large = JSON.stringify({ name: 'a'.repeat(10 * 1024 * 1024) })
    expect(await ask('/chats', { json: large })).to.include({ status: 413, code: 'body-too-large' })
  })

  it('refuses unknown fields and parameters and names them', async () => {
    const { status, errors } = await ask('/chats', { json: '{"participantIds":[],"replyTo":1}' })
    expect(status).to.equal(400)
    expect(errors).to.deep.equal([{ path: 'replyTo', message: 'is not known' }])
    expect((await ask('/chats?all=1')).errors).to.deep.equal([{ path: 'all', message: 'is not known' }])
    expect((await ask(`/chats/${randomUUID()}/join`, { json: '{"code":"x"}' })).errors).to.have.length(1)
  })

  it('refuses parameters out of range, and paths that are not valid text', async () => {
    const chat = `/chats/${randomUUID()}`
    for (const query of ['limit=0', 'limit=201', 'limit=1e2', 'limit=', 'limit=1&limit=2', 'before=1&after=1'])
      expect(await ask(`${chat}/messages?${query}`), query).to.include({ status: 400, code: 'validation-failed' })
    expect(await ask('/chats/not-an-id')).to.include({ status: 400, code: 'validation-failed' })
    expect(await ask('/chats/%E0%A4%A')).to.include({ status: 400, code: 'malformed-request' })
    expect(await ask('/chats?after=tomorrow')).to.include({ status: 400, code: 'validation-failed' })
  })

  it('refuses different idempotency keys in header and body, and malformed ones', async () => {
    const path = `/chats/${randomUUID()}/messages`
    const json = '{"content":"hi","clientMessageId":"k1"}'
    const withKey = (key: string) => ask(path, { json, headers: { 'idempotency-key': key } })
    expect(await withKey('k2')).to.include({ status: 400, code: 'idempotency-key-mismatch' })
    expect((await withKey('two words')).errors).to.have.deep.nested.property('[0].path', 'Idempotency-Key')
  })

  it('answers an unexpected error with 500 without details, and logs it once with the request id', async () => {
    logged.length = 0
    const { status, headers, ...told } = await ask('/users/me')
    expect(status).to.equal(500)
    expect(JSON.stringify(told)).not.to.include('secret')
    expect(logged).to.have.length(1)
    expect(JSON.stringify(logged)).to.include(headers.get('x-request-id')!).and.to.include('secret of the machine room')
  })

  it('keeps a valid request id, and replaces one that could inject text into the log', async () => {
    const idFor = async (given: string) =>
      (await ask('/healthz', { headers: { 'x-request-id': given } })).headers.get('x-request-id')
    const id = randomUUID()
    expect(await idFor(id)).to.equal(id)
    expect(await idFor('ann@example.com')).to.match(/^[0-9a-f-]{36}$/)
  })

  it('allows cross-origin requests from the configured origins, and exposes the headers', async () => {
    const from = async (origin: string) => (await ask('/healthz', { headers: { origin } })).headers
    const allowed = await from('https://chat.example.com')
    expect(allowed.get('access-control-allow-origin')).to.equal('https://chat.example.com')
    expect(allowed.get('access-control-expose-headers')).to.include('Parley-Position')
    for (const other of ['https://evil.example.com', 'http://localhost:5173'])
      expect((await from(other)).get('access-control-allow-origin')).to.equal(null)
  })

  it('measures requests by route, never by path', async () => {
    await ask(`/chats/${randomUUID()}/messages?limit=0`)
    await ask(`/elsewhere/${randomUUID()}`)
    const metrics = await registry.metrics()
    expect(metrics).to.match(
      /http_request_duration_seconds_count\{method="GET",route="\/chats\/:id\/messages",status="400"\}/,
    )
    expect(metrics).to.match(/route="unknown",status="404"/)
    expect(metrics).not.to.include('elsewhere')
  })
})
