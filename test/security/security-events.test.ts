import { expect } from 'chai'
import { InvalidEventError, UnknownOutcomeError, WrongExpectedVersionError } from '../../src/eventstore/event-log.js'
import { monthOf, requestMonthKey } from '../../src/privacy/key-names.js'
import {
  createSecurityEvents,
  MAX_PER_MINUTE,
  MAX_EXTERNAL_PER_MINUTE,
  MAX_SOURCES,
  type SecurityEventRecorder,
  type SecurityEvent,
} from '../../src/security/security-events.js'
import { createSecurityWriter, type SecurityWriterDeps, type ToRecord } from '../../src/security/security-writer.js'
import { createOutage } from '../../src/async/outage.js'
import { securityStream } from '../../src/domain/streams.js'
import { eventually } from '../support/eventually.js'
import { ignoreFailures } from '../support/failure-report.js'
import { recordedReport, type RecordedReport } from '../support/recorded-report.js'
import { openBreakableProxy } from '../support/breakable-proxy.js'
import { createTestDatabase } from '../support/test-database.js'
import { openPostgresLog } from '../eventstore/postgres-log.js'
import { next, startTestApp, type TestApp } from '../support/test-app.js'
import { uuid } from '../support/uuid.js'
import { openWriteSide, type WriteSide } from '../support/write-side.js'

const failure = (change: Partial<SecurityEvent> = {}): SecurityEvent => ({
  type: 'login-failed',
  ip: '192.0.2.1',
  userAgent: 'agent/1.0',
  ...change,
})

/** Throws for text that is not well-formed. */
const hash = (subject: string): string => `hash of ${decodeURIComponent(encodeURIComponent(subject)).length}`

describe('security events', () => {
  let now: Date
  let elapsedMs: number
  let appended: ToRecord[]
  let dropped: number
  let recorded: string[]
  let events: SecurityEventRecorder
  let report: RecordedReport
  let append: (given: readonly ToRecord[], signal: AbortSignal) => Promise<number>

  beforeEach(() => {
    now = new Date('2026-03-01T12:00:00.000Z')
    elapsedMs = 0
    appended = []
    recorded = []
    dropped = 0
    report = recordedReport()
    append = (given) => {
      appended.push(...given)
      return Promise.resolve(given.length)
    }
    events = createSecurityEvents({
      append: (given, signal) => append(given, signal),
      outage: createOutage('security-events', report),
      hash,
      clock: () => now,
      now: () => elapsedMs,
      onRecorded: (kind) => recorded.push(kind),
      onDropped: (count) => (dropped += count),
      tickMs: 3_600_000,
    })
  })

  afterEach(() => events[Symbol.asyncDispose]())

  const pass = (seconds: number): Promise<void> => {
    now = new Date(now.getTime() + seconds * 1_000)
    elapsedMs += seconds * 1_000
    return events.flush()
  }
  const counts = (): number[] => appended.map(({ count }) => count)

  it('that cannot be recorded are counted as dropped, with the cause reported, and never thrown', async () => {
    events.record(failure({ subject: '\ud800' }))
    await events.flush()
    expect(appended).to.deep.equal([])
    expect(dropped).to.equal(1)
    expect(report.lines).to.deep.equal(['security-events failed: URI malformed'])
  })

  it('are counted by a monotonic clock, also after the system clock was set back an hour', async () => {
    const failed = { type: 'login-failed', ip: '192.0.2.1', userAgent: '', subject: 'ada@example.com' } as const
    events.record(failed)
    await pass(1)
    now = new Date(now.getTime() - 3_600_000)
    events.record(failed)
    await pass(30)
    expect(counts()).to.deep.equal([1])
    await pass(31)
    expect(counts()).to.deep.equal([1, 1])
  })

  it('the first is recorded at once, those that follow within a minute as one event with a count and times', async () => {
    events.record(failure())
    await pass(0)
    for (let second = 1; second <= 50; second++) {
      now = new Date(now.getTime() + 1_000)
      elapsedMs += 1_000
      events.record(failure())
      await events.flush()
    }
    expect(counts()).to.deep.equal([1])
    await pass(10)
    expect(counts()).to.deep.equal([1, 50])
    expect(appended[1]).to.deep.equal({
      type: 'SecurityEventRecorded',
      kind: 'login-failed',
      ip: '192.0.2.1',
      userAgent: 'agent/1.0',
      count: 50,
      from: '2026-03-01T12:00:01.000Z',
      to: '2026-03-01T12:00:50.000Z',
    })
  })

  it('are grouped by type, user and source', async () => {
    const different: Partial<SecurityEvent>[] = [
      {},
      { ip: '192.0.2.2' },
      { type: 'access-refused' },
      { userId: uuid('ada') },
      { subject: 'nobody@example.com' },
      { subject: 'another.nobody@example.com' },
    ]
    for (const change of [...different, ...different]) events.record(failure(change))
    events.record(failure({ userAgent: 'agent/2.0' }))
    await pass(0)
    expect(counts()).to.deep.equal([3, 2, 2, 2, 2, 2])
  })

  it('contain only a keyed hash of what was typed', async () => {
    events.record(failure({ subject: 'nobody@example.com' }))
    await pass(0)
    expect(appended[0]).to.include({ subject: 'hash of 18' })
    expect(JSON.stringify(appended)).not.to.include('nobody')
  })

  it('caused by outsiders are limited per minute, and leave room for other types', async () => {
    for (let source = 0; source < 500; source++) events.record(failure({ ip: `source ${source}` }))
    await pass(0)
    await pass(1)
    expect(appended).to.have.length(MAX_EXTERNAL_PER_MINUTE)
    for (let grant = 0; grant < 20; grant++) events.record(failure({ type: 'role-granted', userId: `user ${grant}` }))
    await pass(1)
    expect(appended).to.have.length(MAX_PER_MINUTE)
    await pass(60)
    expect(appended).to.have.length(2 * MAX_PER_MINUTE)
    expect(dropped).to.equal(0)
    expect(appended.filter(({ kind }) => kind === 'role-granted')).to.have.length(20)
  })

  it('are limited in every minute, also one that starts within a burst', async () => {
    const many = (from: number): void => {
      for (let source = 0; source < 200; source++) events.record(failure({ ip: `source ${from + source}` }))
    }
    events.record(failure())
    await pass(0)
    many(0)
    await pass(59)
    await pass(1)
    expect(appended).to.have.length(MAX_EXTERNAL_PER_MINUTE + 1)
    await pass(58)
    expect(appended).to.have.length(MAX_EXTERNAL_PER_MINUTE + 1)
    await pass(1)
    expect(appended).to.have.length(2 * MAX_EXTERNAL_PER_MINUTE)
  })

  it('use bounded memory: further sources are only counted', async () => {
    for (let source = 0; source < MAX_SOURCES + 700; source++) events.record(failure({ ip: `source ${source}` }))
    expect(dropped).to.equal(700)
    expect(recorded).to.have.length(MAX_SOURCES + 700)
    events.record(failure({ type: 'session-revoked' }))
    expect(dropped).to.equal(700)
    await pass(0)
    expect(appended[0]).to.include({ kind: 'session-revoked' })
  })

  it('are forgotten after a quiet minute, which makes room', async () => {
    for (let round = 0; round < 2; round++) {
      for (let source = 0; source < MAX_SOURCES; source++) events.record(failure({ ip: `source ${round} ${source}` }))
      for (let minute = 0; minute < MAX_SOURCES / MAX_EXTERNAL_PER_MINUTE + 2; minute++) await pass(60)
    }
    expect(appended).to.have.length(2 * MAX_SOURCES)
    expect(dropped).to.equal(0)
  })

  it('never delay or fail their caller while the log hangs or fails', async () => {
    let release: (count: number) => void = () => undefined
    append = () => new Promise((resolve) => (release = resolve))
    events.record(failure())
    const hanging = events.flush()
    for (let time = 0; time < 1_000; time++) events.record(failure({ ip: `source ${time % 10}` }))
    release(1)
    await hanging
    append = () => Promise.reject(new Error('away for good'))
    await pass(1)
    expect(dropped).to.equal(1_000)
    events.record(failure({ subject: { length: 0, toString: () => expect.fail() } as never }))
  })

  it('that are still pending are recorded at the stop', async () => {
    events.record(failure())
    await pass(0)
    for (let time = 0; time < 7; time++) events.record(failure())
    await events[Symbol.asyncDispose]()
    expect(counts()).to.deep.equal([1, 7])
  })
})

describe('security events in the log', () => {
  let now = new Date('2026-03-01T23:59:59.000Z')
  let side: WriteSide
  const never = new AbortController().signal
  const event = (change: Partial<ToRecord> = {}): ToRecord => ({
    type: 'SecurityEventRecorded',
    kind: 'login-failed',
    count: 1,
    from: now.toISOString(),
    to: now.toISOString(),
    ip: '192.0.2.77',
    userAgent: 'agent/1.0',
    ...change,
  })

  before(async () => {
    side = await openWriteSide(() => now)
  })
  after(() => side[Symbol.asyncDispose]())

  const writerOn = (log: SecurityWriterDeps['log'], node: string, report = ignoreFailures) =>
    createSecurityWriter({
      log,
      sealer: side.sealer,
      clock: () => now,
      node,
      retryMs: 1,
      outage: createOutage('security-events', report),
    })

  it('are in a stream of their node and day, encrypted, and can be read again', async () => {
    const writer = writerOn(side.log, 'n1')
    await Promise.all([
      writer.append([event(), event({ userId: uuid('ada'), subject: 'a hash' })], never),
      writer.append([event({ kind: 'rate-limited' })], never),
    ])
    now = new Date('2026-03-02T00:00:01.000Z')
    await writer.append([event({ kind: 'socket-refused' })], never)
    const [first, second] = await Promise.all(
      ['2026-03-01', '2026-03-02'].map((day) => side.log.readStream(securityStream(day, 'n1'), { limit: 10 })),
    )
    expect(first!.map(({ data }) => (JSON.parse(data) as { kind: string }).kind)).to.deep.equal([
      'login-failed',
      'login-failed',
      'rate-limited',
    ])
    expect(second).to.have.length(1)
    expect(JSON.stringify(first)).not.to.match(/192\.0\.2|agent\/1|a hash/)
    const [opened, aboutAda] = await side.reader.open(first!)
    expect(opened?.event).to.include({ ip: '192.0.2.77', userAgent: 'agent/1.0' })
    expect(aboutAda?.event).to.include({ userId: uuid('ada'), subject: 'a hash' })
  })

  it('are written once, also when an answer is lost or another process wrote to the stream', async () => {
    let faults = 0
    const faulty: Pick<WriteSide['log'], 'append'> = {
      async append(stream, version, events) {
        const result = await side.log.append(stream, version, events)
        if (faults++ === 0) throw new UnknownOutcomeError('no answer')
        return result
      },
    }
    const writer = writerOn(faulty, 'n2')
    expect(await writer.append([event(), event()], never)).to.equal(2)
    const stream = securityStream('2026-03-02', 'n2')
    expect(await side.log.readStream(stream, { limit: 10 })).to.have.length(2)

    const other = writerOn(side.log, 'n2')
    expect(await other.append([event()], never)).to.equal(1)
    expect(await writer.append([event()], never)).to.equal(1)
    expect((await side.log.readStream(stream, { limit: 10 })).map(({ version }) => version)).to.deep.equal([1, 2, 3, 4])
  })

  it('that can never be written are dropped at once, and the next ones are written', async () => {
    const report = recordedReport()
    const writer = writerOn(side.log, 'n4', report)
    const failed = await writer.append([event({ kind: '\ud800' as never })], never).catch((error: unknown) => error)
    expect(failed).to.be.instanceOf(InvalidEventError)
    expect(report.lines).to.have.length(1)
    expect(await writer.append([event()], never)).to.equal(1)
    expect(report.lines[1]).to.equal('security-events recovered')
  })

  it('are appended again while the log is away, which is reported once, and its end once', async () => {
    await using database = await createTestDatabase()
    await using proxy = await openBreakableProxy(database.url)
    await using opened = await openPostgresLog(proxy.url)
    const report = recordedReport()
    const writer = writerOn(opened.log, 'n5', report)
    proxy.cut()
    const writing = writer.append([event()], never)
    await eventually(() => expect(report.lines).to.have.length(1))
    proxy.restore()
    expect(await writing).to.equal(1)
    expect(report.lines).to.have.length(2)
    expect(report.lines[0]).to.match(/^security-events failed: /)
    expect(report.lines[1]).to.equal('security-events recovered')
  })

  it('are dropped when the stop is aborted, and not before', async () => {
    const stop = new AbortController()
    let calls = 0
    const away: Pick<WriteSide['log'], 'append'> = {
      append(stream, version) {
        if (++calls === 5) stop.abort(new Error('the end'))
        return Promise.reject(calls % 2 === 0 ? new WrongExpectedVersionError(stream, version, 7) : new Error('away'))
      },
    }
    const failed = await writerOn(away, 'n3')
      .append([event()], stop.signal)
      .catch((error: unknown) => error)
    expect(failed).to.be.instanceOf(Error)
    expect(calls).to.equal(5)
  })
})

describe('security events of a running node', () => {
  let parley: TestApp

  beforeEach(async () => {
    parley = await startTestApp({ rateLimits: true, longPolling: true, allowedOrigins: ['https://chat.example.com'] })
  })
  afterEach(() => parley[Symbol.asyncDispose]())

  /** What stands in the log, opened. */
  async function inLog() {
    const { log, reader } = parley.app.core
    const { events } = await log.readAll(log.start, 1_000)
    const opened = await reader.open(events.filter(({ stream }) => stream.startsWith('security-')))
    return opened.map(({ event }) => event as ToRecord)
  }

  it('are recorded for failed logins, refused access, refused sockets, foreign origins and limits, with source and count and without secrets', async () => {
    const alice = await parley.register('Alice')
    const headers = { 'user-agent': 'tester/1.0' }
    const login = (email: string) =>
      parley.call('POST', '/auth/login', { body: { email, password: 'my secret guess' }, headers })
    await login('nobody@example.com')
    for (let time = 0; time < 11; time++) await login(alice.email)
    await parley.call('GET', '/chats', { token: 'my.secret.token', headers })
    await parley.call('POST', `/chats/${uuid('none')}/join`, { token: alice.token, headers })
    await parley.call('GET', '/socket.io/?EIO=4&transport=polling', { headers: { origin: 'https://evil.example' } })
    await next(parley.socket('my secret token'), 'connect_error')
    const socket = parley.socket(alice.token)
    await next(socket, 'ready')
    await socket.emitWithAck('join_chat', { chatId: uuid('none') })

    await eventually(async () => {
      const kinds = (await inLog()).map(({ kind }) => kind)
      expect(kinds).to.include.members([
        ...['login-failed', 'rate-limited', 'access-refused', 'token-refused', 'origin-refused', 'socket-refused'],
      ])
    })
    const events = await inLog()
    const failed = events.filter(({ kind }) => kind === 'login-failed')
    expect(failed.every(({ ip, userAgent }) => ip === '127.0.0.1' && userAgent === 'tester/1.0')).to.equal(true)
    expect(failed.find(({ userId }) => userId === alice.id)?.subject).to.equal(undefined)
    expect(failed.find(({ userId }) => userId === undefined)?.subject).to.match(/^[\w-]{43}$/)
    expect(events.find(({ kind }) => kind === 'access-refused')).to.include({ userId: alice.id })
    expect(JSON.stringify(events)).not.to.match(/secret|nobody@|evil/)

    const metrics = (await parley.call('GET', '/metrics')).body as string
    expect(metrics).to.match(/security_events_total\{type="login-failed"\} 11/)
    expect(metrics).to.match(/security_events_total\{type="rate-limited"\} 1/)
    expect(metrics).to.match(/security_events_total\{type="role-granted"\} 0/)
    expect(metrics).to.match(/security_events_total\{type="access-refused"\} 2/)

    const month = monthOf(new Date().toISOString())
    await parley.app.core.dataKeys.destroy(requestMonthKey(month))
    for (const { ip, userAgent, ...left } of await inLog())
      expect({ ip, userAgent, isCounted: left.count > 0 }).to.deep.equal({ ip: null, userAgent: null, isCounted: true })
  })

  it('are recorded with their source for a reused refresh token, sessions ended by someone else and role changes, but not for a logout', async () => {
    const headers = { 'user-agent': 'tester/1.0' }
    const admin = await parley.withRoles('Root', 'admin')
    const [ada, bob, cleo] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Cleo')]
    const post = (path: string, body: object, token?: string) =>
      parley.call('POST', path, { body, headers, ...(token !== undefined && { token }) })
    for (let time = 0; time < 2; time++) await post('/auth/refresh', { refreshToken: ada.refreshToken })
    await post('/auth/logout', { refreshToken: cleo.refreshToken })
    await post('/auth/password-reset', { email: bob.email })
    const link = await eventually(() => {
      const mail = parley.mails.find(
        ({ to, subject }) => to === bob.email.toLowerCase() && /new password/.test(subject),
      )
      return /#token=(\S+)/.exec(mail!.text)![1]!
    })
    expect((await post('/auth/password-reset/confirm', { token: link, newPassword: 'another one' })).status).to.equal(
      204,
    )
    const path = `/users/${cleo.id}/roles`
    expect(
      (await parley.call('PUT', path, { token: admin.token, body: { roles: ['auditor'] }, headers })).status,
    ).to.equal(200)

    await eventually(async () => {
      const told = (await inLog()).map(({ kind, userId, ip, userAgent }) => ({ kind, userId, ip, userAgent }))
      const from = { ip: '127.0.0.1', userAgent: 'tester/1.0' }
      expect(told).to.have.deep.members([
        { kind: 'refresh-reuse', userId: ada.id, ...from },
        { kind: 'session-revoked', userId: bob.id, ...from },
        { kind: 'role-granted', userId: cleo.id, ...from },
      ])
    })
  })
})
