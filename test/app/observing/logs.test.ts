import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace'
import { expect } from 'chai'
import { createLogger } from '../../../src/app/logs/logger.js'
import type { EventLog } from '../../../src/eventstore/event-log.js'
import { eventually } from '../../support/eventually.js'
import { startHttpSink, type HttpSink } from '../../support/http-sink.js'
import { next, startTestApp, type TestApp, type TestUser } from '../../support/test-app.js'

/** In every text that a client gives. */
const MARK = 'zebra'

interface Line extends Record<string, unknown> {
  level: string
  message: string
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

describe('logs, spans and error reports', () => {
  const exporter = new InMemorySpanExporter()
  let folder: string
  let sink: HttpSink
  let parley: TestApp
  let alice: TestUser
  let failedRequest: string
  /** Makes the next append fail as a database does that was given a wrong value. */
  let isFailing = false

  const failing = (log: EventLog): EventLog => ({
    ...log,
    async append(stream, version, events) {
      if (isFailing) await parley.app.core.databases.main.query('select $1::integer', [`${MARK}-value`])
      return log.append(stream, version, events)
    },
  })

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-logs-'))
    sink = await startHttpSink()
    parley = await startTestApp(
      {
        logLevel: 'silly',
        accessLog: join(folder, 'access.ndjson'),
        auditLog: join(folder, 'audit.ndjson'),
        sentryDsn: `${sink.url.replace('//', '//key@')}/1`,
      },
      { wrapLog: failing, spanExporter: exporter },
    )
    await converse()
    isFailing = true
    failedRequest = randomUUID()
    const { status } = await parley.call('PATCH', '/users/me', {
      token: alice.token,
      body: { name: `${MARK} failing` },
      headers: { 'x-request-id': failedRequest },
    })
    expect(status).to.equal(500)
    isFailing = false
    await eventually(() => expect(sink.received.length).to.be.greaterThan(0))
  })

  after(async () => {
    await parley[Symbol.asyncDispose]()
    await sink[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  /** Gives the mark in every kind of input that there is. */
  async function converse(): Promise<void> {
    alice = await parley.register(`${MARK}-alice`)
    const post = (path: string, body: unknown, headers: object = {}) =>
      parley.call('POST', path, { token: alice.token, body, headers: { 'user-agent': `${MARK}-agent`, ...headers } })
    await parley.call('POST', '/auth/login', { body: { email: `${MARK}@example.com`, password: `${MARK} password` } })
    await parley.call('GET', '/users/me', { token: `${MARK}-token` })
    await parley.call('PATCH', '/users/me', { token: alice.token, body: { statusText: `${MARK} status` } })
    const { body } = await post('/chats', { participantIds: [], name: `${MARK} chat` })
    const { id: chatId } = body as { id: string }
    const sent = await post(
      `/chats/${chatId}/messages`,
      { content: `${MARK} https://${MARK}.example`, metadata: { [MARK]: MARK } },
      { 'idempotency-key': `${MARK}-key` },
    )
    expect(sent.status, JSON.stringify(sent.body)).to.equal(201)
    await post(`/chats/${chatId}/webhooks`, { url: `https://${MARK}.example/hook`, name: MARK })
    await parley.call('GET', `/chats/${chatId}/messages?search=${MARK}&${MARK}=1`, { token: alice.token })
    await parley.call('GET', `/search?q=${MARK}`, { token: alice.token })
    await parley.call('GET', `/${MARK}/${MARK}`, { token: alice.token })
    await post('/chats', `{"${MARK}": "${MARK}`)
    await post('/chats', { [MARK]: MARK })
    const auditor = await parley.withRoles(`${MARK}-auditor`, 'auditor')
    await parley.call('GET', `/users/${alice.id}/security-events?type=${MARK}`, {
      token: auditor.token,
      headers: { 'parley-reason': `${MARK} reason` },
    })
    const { body: entries } = await parley.call('GET', '/audit/entries', {
      token: auditor.token,
      headers: { 'parley-reason': `${MARK} reason` },
    })
    expect(JSON.stringify(entries)).to.not.equal(undefined)
    const socket = parley.socket(alice.token)
    await next(socket, 'ready')
    await socket.emitWithAck('send_message', { chatId, content: `${MARK} by a socket` })
    await socket.emitWithAck(MARK, { chatId: MARK })
  }

  const read = (name: string): Promise<string> => readFile(join(folder, `${name}.ndjson`), 'utf8')

  it('hold no text that a client gave, no secret and no value of a query', async () => {
    const spans = exporter.getFinishedSpans().map(({ name, attributes, links }) => ({ name, attributes, links }))
    const written = {
      log: parley.logged.join(''),
      access: await read('access'),
      audit: await read('audit'),
      spans: JSON.stringify(spans),
      reports: sink.received.map(({ body }) => body).join(''),
    }
    for (const [name, text] of Object.entries(written)) {
      expect(text, name).to.not.equal('')
      expect(text.toLowerCase(), name).to.not.include(MARK)
      expect(text, name).to.not.include(alice.token)
      expect(text, name).to.not.include(alice.refreshToken)
    }
  })

  it('name the request, the user and the trace on every line about a request', async () => {
    const ids = { requestId: failedRequest, correlationId: failedRequest, userId: alice.id }
    const traceId = failedRequest.replaceAll('-', '')
    const failure = linesOf(parley.logged.join('')).find(({ message }) => message === 'request failed')
    expect(failure).to.include({ level: 'error', ...ids, traceId, method: 'PATCH', route: '/users/me' })
    expect(failure?.['stack']).to.match(/^error: 22P02\n +at /)

    const line = linesOf(await read('access')).find(({ requestId }) => requestId === failedRequest)
    expect(line).to.include({ message: 'request', ...ids, traceId, route: '/users/me', status: 500 })
  })

  it('are apart: requests in one file, security events and privileged reads in another, neither in the log', async () => {
    const messages = async (name: string) => new Set(linesOf(await read(name)).map(({ message }) => message))
    expect(await messages('access')).to.deep.equal(new Set(['request', 'socket event']))
    expect(await messages('audit')).to.include.keys('login-failed', 'token-refused', 'privileged-access')
    const logged = linesOf(parley.logged.join('')).map(({ message }) => message)
    expect(logged).to.not.include.members(['request'])
    expect(logged).to.not.include.members(['login-failed'])
  })

  it('report an error to SENTRY_DSN with its place, so that the same errors are one issue', () => {
    const [first] = sink.received.filter(({ body }) => body.includes(failedRequest))
    expect(first?.path).to.match(/^\/api\/1\/envelope\//)
    const event = (first?.body ?? '')
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find((line) => 'fingerprint' in line)
    expect(event?.['fingerprint']).to.deep.equal(['request failed', 'error', '/users/me'])
    expect(event?.['tags']).to.deep.equal({
      requestId: failedRequest,
      traceId: failedRequest.replaceAll('-', ''),
      route: '/users/me',
    })
    expect(event).to.have.nested.property('exception.values[0].stacktrace.frames')
    expect(event).to.not.have.any.keys('user', 'request', 'breadcrumbs', 'server_name')
  })
})

describe('the format of the log', () => {
  function loggerOf(json: boolean): { lines: string[]; logger: ReturnType<typeof createLogger> } {
    const lines: string[] = []
    const stream = new Writable({
      write(line, _, done) {
        lines.push(String(line))
        done()
      },
    })
    return { lines, logger: createLogger({ level: 'info', json, stream }) }
  }

  it('in production is one JSON object a line, with the fields that are allowed and no others', () => {
    const { lines, logger } = loggerOf(true)
    logger.warn('Redis is away', {
      reason: 'ECONNREFUSED',
      content: 'hello',
      query: 'select 1',
      cause: { of: 'hello' },
    })
    const { timestamp, ...line } = JSON.parse(lines.join('')) as Record<string, unknown>
    expect(timestamp).to.match(/^\d{4}-.*Z$/)
    expect(line).to.deep.equal({ level: 'warn', message: 'Redis is away', reason: 'ECONNREFUSED' })
  })

  it('in development is a line to read, with a stack below it', () => {
    const { lines, logger } = loggerOf(false)
    logger.error('request failed', { method: 'GET', route: '/chats', stack: 'Error\n    at x', content: 'hello' })
    expect(lines.join('')).to.match(
      /^\d\d:\d\d:\d\d error request failed method=GET route=\/chats\n {2}Error\n {4}at x\n$/,
    )
  })
})
