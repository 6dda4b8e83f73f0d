import { expect } from 'chai'
import { type EventLog, UnknownOutcomeError } from '../../src/eventstore/event-log.js'
import {
  followUntil,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  readWholeStream,
  rejectionOf,
} from '../contract/event-log-support.js'
import type { PostgresEventLogOptions } from '../../src/eventstore/postgres/postgres-event-log.js'
import { eventually } from '../support/eventually.js'
import { recordedReport } from '../support/recorded-report.js'
import { createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'
import { type BreakableProxy, openBreakableProxy } from '../support/breakable-proxy.js'
import { callOf, type OpenedPostgresLog, openPostgresLog } from './postgres-log.js'

/** So long that a test which needs the timer would not live to see it. */
const NEVER_MS = 3_600_000
/** For what is never answered; long enough for what is, on a busy machine. */
const TIMEOUT_MS = 1_500

describe('The event log in Postgres, when something breaks', () => {
  let database: TestDatabase
  let proxy: BreakableProxy
  const opened: OpenedPostgresLog[] = []
  const unhandled: unknown[] = []
  const keepUnhandled = (reason: unknown): unknown => unhandled.push(reason)

  before(() => process.on('unhandledRejection', keepUnhandled))
  after(() => process.off('unhandledRejection', keepUnhandled))

  beforeEach(async () => {
    database = await createTestDatabase()
    proxy = await openBreakableProxy(database.url)
  })

  afterEach(async () => {
    for (const it of opened.splice(0)) await it[Symbol.asyncDispose]()
    await proxy[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
    expect(unhandled.splice(0)).to.deep.equal([])
  })

  async function open(url: string, options: Partial<PostgresEventLogOptions> = {}): Promise<EventLog> {
    const it = await openPostgresLog(url, options)
    opened.push(it)
    return it.log
  }

  /** Ends the connections that do this, and says how many there were. */
  async function kill(where: string): Promise<number> {
    const sql = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and ${where}`
    return (await execute(database.url, sql)).length
  }

  const untilKilled = (where: string): Promise<unknown> =>
    eventually(async () => expect(await kill(where)).to.be.above(0))

  /** While `work` runs, no append is answered: the lock is held elsewhere. */
  async function withTheLockHeld(work: () => Promise<void>): Promise<void> {
    await using holder = await openPostgresLog(database.url)
    const client = await holder.pool.connect()
    try {
      await client.query('begin')
      await client.query(`select from append_events('[]', '[]', '', '')`)
      await work()
      await client.query('rollback')
    } finally {
      client.release()
    }
  }

  const WAITING_APPEND = `wait_event = 'advisory'`
  const waiting = `select from pg_stat_activity where datname = current_database() and ${WAITING_APPEND}`

  it('reports an unknown outcome of an append whose connection is killed, and stores a repeat once', async () => {
    const log = await open(database.url)
    const stream = newStream()
    const events = newEvents(2)
    await withTheLockHeld(async () => {
      const failure = rejectionOf(log.append(stream, 0, events))
      await untilKilled(WAITING_APPEND)
      expect(await failure).to.be.instanceOf(UnknownOutcomeError)
    })
    const again = await log.append(stream, 0, events)
    expect(await log.append(stream, 0, events)).to.deep.equal(again)
    expect(idsOf(await readWholeStream(log, stream))).to.deep.equal(idsOf(events))
  })

  it('reports an unknown outcome of an append whose network breaks, and recovers when it is back', async () => {
    const log = await open(proxy.url)
    await withTheLockHeld(async () => {
      const failure = rejectionOf(log.append(newStream(), 0, newEvents(1)))
      await eventually(async () => expect(await execute(database.url, waiting)).to.have.length(1))
      proxy.cut()
      expect(await failure).to.be.instanceOf(UnknownOutcomeError)
    })
    proxy.restore()
    await eventually(() => log.append(newStream(), 0, newEvents(1)))
  })

  it('fails only the appends that were sent; waiting ones go with the next call', async () => {
    const log = await open(database.url)
    let waited: Promise<unknown> | undefined
    await withTheLockHeld(async () => {
      const sent = rejectionOf(log.append(newStream(), 0, newEvents(1)))
      await eventually(async () => expect(await execute(database.url, waiting)).to.have.length(1))
      waited = log.append(newStream(), 0, newEvents(1))
      await untilKilled(WAITING_APPEND)
      expect(await sent).to.be.instanceOf(UnknownOutcomeError)
    })
    expect(await waited).to.include({ version: 1 })
  })

  it('gives up an append after its timeout, and finds or stores it when it is repeated', async () => {
    const log = await open(database.url, { timeoutMs: TIMEOUT_MS })
    const stream = newStream()
    const events = newEvents(1)
    await withTheLockHeld(async () => {
      expect(await rejectionOf(log.append(stream, 0, events))).to.be.instanceOf(UnknownOutcomeError)
    })
    await eventually(() => log.append(stream, 0, events))
    expect(idsOf(await readWholeStream(log, stream))).to.deep.equal(idsOf(events))
  })

  it('gives up an append that the network drops, and recovers with the network', async () => {
    const log = await open(proxy.url, { timeoutMs: TIMEOUT_MS })
    const stream = newStream()
    const events = newEvents(1)
    await log.append(newStream(), 0, newEvents(1))
    proxy.swallow()
    expect(await rejectionOf(log.append(stream, 0, events))).to.be.instanceOf(UnknownOutcomeError)
    expect(await rejectionOf(log.append(stream, 0, events))).to.be.instanceOf(UnknownOutcomeError)
    proxy.restore()
    await eventually(() => log.append(stream, 0, events))
    expect(idsOf(await readWholeStream(log, stream))).to.deep.equal(idsOf(events))
  })

  it('recovers by itself when Postgres is back: appends, reads and followers', async () => {
    const log = await open(proxy.url, { pollMs: 20 })
    const events = newEvents(4)
    const stream = newStream()
    const before = await log.head()
    const following = followUntil(log, before, (got) => got.length >= 4)
    await log.append(stream, 0, events.slice(0, 2))
    proxy.cut()
    const fromTheStart = followUntil(log, log.start, (got) => got.length >= 5)
    expect(await rejectionOf(log.append(stream, 2, events.slice(2)))).to.be.instanceOf(UnknownOutcomeError)
    expect(await rejectionOf(log.head())).to.be.instanceOf(Error)
    proxy.restore()
    await eventually(() => log.append(stream, 2, events.slice(2)))
    expect(idsOf(await following)).to.deep.equal(idsOf(events))
    expect(idsOf((await fromTheStart).slice(1))).to.deep.equal(idsOf(events))
    expect(idsOf(await readWholeStream(log, stream))).to.deep.equal(idsOf(events))
  })

  it('reports an outage of reading once, however many reads fail in it, and its end once', async () => {
    const report = recordedReport()
    const reads = (): string[] => report.lines.filter((line) => line.startsWith('event-log '))
    const log = await open(proxy.url, { pollMs: 5, report })
    const events = newEvents(1)
    const following = followUntil(log, await log.head(), (got) => got.length > 0)
    for (let outage = 1; outage <= 2; outage++) {
      proxy.cut()
      await eventually(() => expect(reads()).to.have.length(2 * outage - 1))
      const behind = followUntil(log, log.start, (got) => got.length > 0) // reads for itself, and fails as well
      for (let n = 0; n < 20; n++) await rejectionOf(log.head())
      proxy.restore()
      await behind
      await eventually(() => expect(reads()).to.have.length(2 * outage))
    }
    await eventually(() => log.append(newStream(), 0, events))
    await following
    expect(reads().map((line) => line.split(':')[0])).to.deep.equal([
      'event-log failed',
      'event-log recovered',
      'event-log failed',
      'event-log recovered',
    ])
  })

  it('reports that Postgres was unavailable when the first follower started', async () => {
    const report = recordedReport()
    const log = await open(proxy.url, { pollMs: 5, report })
    proxy.cut()
    const following = followUntil(log, log.start, (got) => got.length > 0)
    await eventually(() => expect(report.lines).to.match(/event-log failed: /))
    proxy.restore()
    await following
    await eventually(() => expect(report.lines).to.include('event-log recovered'))
  })

  it('reports a lost connection for notifications once, and when it listens again', async () => {
    const report = recordedReport()
    await open(database.url, { report })
    await untilListening(1)
    await untilKilled(`query like 'listen%'`)
    await untilListening(1)
    await eventually(() => expect(report.lines).to.have.length(2))
    expect(report.lines[0]).to.match(/^event-log-notifications failed: /)
    expect(report.lines[1]).to.equal('event-log-notifications recovered')
  })

  it('survives an idle append connection that breaks', async () => {
    const log = await open(database.url)
    await log.append(newStream(), 0, newEvents(1))
    for (let n = 0; n < 7; n++) {
      await untilKilled(`query like '%append_events%'`) // more often than the pool has places
      await eventually(() => log.append(newStream(), 0, newEvents(1)))
    }
  })

  it('delivers by its timer without a notification', async () => {
    const log = await open(database.url, { pollMs: 20 })
    await untilListening(1) // which makes it read once more
    const [told, untold] = [newEvent(), newEvent()]
    let seen = 0
    const following = followUntil(log, await log.head(), (events) => (seen = events.length) === 2)
    await log.append(newStream(), 0, [told])
    await eventually(() => expect(seen).to.equal(1))
    await appendUntold(untold.id)
    expect(idsOf(await following)).to.deep.equal([told.id, untold.id])
  })

  it('delivers by notification what another process appended, without waiting for its timer', async () => {
    const log = await open(database.url, { pollMs: NEVER_MS })
    const other = await open(database.url)
    await untilListening(2)
    const event = newEvent()
    const following = followUntil(log, await log.head(), (events) => events.length > 0)
    await other.append(newStream(), 0, [event])
    expect(idsOf(await following)).to.deep.equal([event.id])
  })

  it('listens again after its connection was killed, and then reads what it missed', async () => {
    const log = await open(database.url, { pollMs: NEVER_MS })
    await untilListening(1)
    const event = newEvent()
    const following = followUntil(log, await log.head(), (events) => events.length > 0)
    await untilKilled(`query like 'listen%'`)
    await appendUntold(event.id)
    expect(idsOf(await following)).to.deep.equal([event.id])
  })

  /** By a process that dies before its notification. */
  async function appendUntold(id: string): Promise<void> {
    const texts = callOf({ stream: newStream(), expected: 0, events: [newEvent({ id })] })
    await execute(database.url, `select from append_events('${texts.join(`', '`)}')`)
  }

  const untilListening = (count: number): Promise<unknown> =>
    eventually(async () => {
      const sql = `select from pg_stat_activity where datname = current_database() and query like 'listen%'`
      expect(await execute(database.url, sql)).to.have.length(count)
    })

  it('closes while Postgres is away', async () => {
    const { log } = await openPostgresLog(proxy.url)
    await log.append(newStream(), 0, newEvents(1))
    proxy.cut()
    await log[Symbol.asyncDispose]()
  })
})
