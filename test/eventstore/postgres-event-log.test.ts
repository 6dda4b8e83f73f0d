import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import type { EventLog } from '../../src/eventstore/event-log.js'
import { eventLogContract } from '../contract/event-log-contract.js'
import { newEvents, newStream, readWholeStream, rejectionOf } from '../contract/event-log-support.js'
import { eventually } from '../support/eventually.js'
import { connectionsTo, createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'
import { openingEvent, openPostgresLog, withOwnPool } from './postgres-log.js'

eventLogContract('Postgres', async () => {
  const database = await createTestDatabase()
  const opened = await openPostgresLog(database.url)
  return {
    log: opened.log,
    reopen: async () => withOwnPool(await openPostgresLog(database.url)),
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
})

/** After the calls of this turn were sent. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

describe('The event log in Postgres', () => {
  let database: TestDatabase

  beforeEach(async () => {
    database = await createTestDatabase()
  })

  afterEach(() => database[Symbol.asyncDispose]())

  it('has one id, whichever process opens it first', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => openPostgresLog(database.url)))
    const [first] = opened
    for (const { log } of opened) expect(log.id).to.equal(first!.log.id)
    const [event, ...others] = (await first!.log.readAll(first!.log.start, 10)).events
    expect(others).to.deep.equal([])
    expect(event).to.include({ stream: 'log', version: 1, data: openingEvent(first!.log.id).data })
    for (const it of opened) await it[Symbol.asyncDispose]()
  })

  it('combines the appends of one turn of the event loop into one call', async () => {
    await using opened = await openPostgresLog(database.url)
    await Promise.all(Array.from({ length: 100 }, () => opened.log.append(newStream(), 0, newEvents(1))))
    expect(await countAppendCalls()).to.equal(1)
  })

  it('combines appends that arrive during a call into the next call', async () => {
    await using opened = await openPostgresLog(database.url)
    const append = () => opened.log.append(newStream(), 0, newEvents(1))
    const first = append()
    await nextTurn()
    await Promise.all([first, ...Array.from({ length: 100 }, append)])
    expect(await countAppendCalls()).to.equal(2)
  })

  it('has a stream once in a call, and its next append in the next', async () => {
    await using opened = await openPostgresLog(database.url)
    const stream = newStream()
    const first = opened.log.append(newStream(), 0, newEvents(1))
    await nextTurn() // it goes alone; the others gather
    const both = [opened.log.append(stream, 0, newEvents(2)), opened.log.append(stream, 2, newEvents(1))]
    await first
    expect((await Promise.all(both)).map(({ version }) => version)).to.deep.equal([2, 3])
    expect(await countAppendCalls()).to.equal(3)
  })

  it('delivers own appends to followers without reading them back, in one order with those of others', async () => {
    await using ours = await openPostgresLog(database.url, { pollMs: 3_600_000 })
    await using theirs = await openPostgresLog(database.url)
    const seen: string[] = []
    const stop = new AbortController()
    const following = (async () => {
      for await (const { events } of ours.log.follow(ours.log.start, { signal: stop.signal }))
        seen.push(...events.map(({ id }) => id))
    })()
    for (let round = 0; round < 20; round++) {
      const append = (log: EventLog) => log.append(newStream(), 0, newEvents(1 + (round % 3)))
      await Promise.all([append(ours.log), append(theirs.log), append(ours.log)])
    }
    const whole = (await ours.log.readAll(ours.log.start, 1_000)).events.map(({ id }) => id)
    await eventually(() => expect(seen).to.deep.equal(whole))
    stop.abort()
    await following
  })

  it('wakes its followers once for all that one call appended', async () => {
    await using opened = await openPostgresLog(database.url, { pollMs: 3_600_000 })
    const { log } = opened
    const pages: number[] = []
    const stop = new AbortController()
    const following = (async () => {
      for await (const { events } of log.follow(log.start, { signal: stop.signal })) pages.push(events.length)
    })()
    await eventually(() => expect(pages).to.deep.equal([1])) // what opened the log
    await Promise.all(Array.from({ length: 50 }, () => log.append(newStream(), 0, newEvents(2))))
    await eventually(() => expect(pages.reduce((sum, page) => sum + page)).to.equal(101))
    expect(pages).to.deep.equal([1, 100])
    stop.abort()
    await following
  })

  it('sends at most four megabytes in one call', async () => {
    await using opened = await openPostgresLog(database.url)
    const data = JSON.stringify({ text: 'a'.repeat(1_000_000) })
    const appendLarge = () => opened.log.append(newStream(), 0, [{ ...openingEvent(''), data }])
    await Promise.all(Array.from({ length: 9 }, appendLarge))
    expect(await countAppendCalls()).to.equal(3) // four at a time
  })

  /** Each call is one transaction, so the rows tell how many there were, the opening one apart. */
  async function countAppendCalls(): Promise<number> {
    const sql = `select count(distinct xmin::text)::int as calls from events where stream <> 'log'`
    const [row] = await execute<{ calls: number }>(database.url, sql)
    return row!.calls
  }

  it('answers calls in flight before it closes, refuses new ones, and leaves only the pool open', async () => {
    const { log, pool } = await openPostgresLog(database.url)
    const stream = newStream()
    const appends = newEvents(5).map((event, version) => log.append(stream, version, [event]))
    await log[Symbol.asyncDispose]()
    expect((await Promise.all(appends)).map(({ version }) => version)).to.deep.equal([1, 2, 3, 4, 5])
    expect(await rejectionOf(log.append(stream, 5, newEvents(1)))).to.match(/closed/)
    expect(await readWholeStream(log, stream)).to.have.length(5)
    await pool.end()
    await eventually(async () => expect(await connectionsTo(database.url)).to.equal(0))
  })

  it('ends its followers at once when it closes, whatever their polling interval', async () => {
    await using opened = await openPostgresLog(database.url, { pollMs: 3_600_000 })
    const { signal } = new AbortController()
    const following = opened.log
      .follow(await opened.log.head(), { signal })
      [Symbol.asyncIterator]()
      .next()
    await eventually(() => expect(getEventListeners(signal, 'abort')).to.have.length(1))
    await opened.log[Symbol.asyncDispose]()
    expect(await following).to.deep.equal({ done: true, value: undefined })
  })

  it('lets any number of followers wait on one signal without a warning', async () => {
    const warnings: Error[] = []
    const keep = (warning: Error): unknown => warnings.push(warning)
    process.on('warning', keep)
    await using opened = await openPostgresLog(database.url)
    const { signal } = new AbortController()
    const head = await opened.log.head()
    for (let n = 0; n < 20; n++) void opened.log.follow(head, { signal })[Symbol.asyncIterator]().next()
    await eventually(() => expect(getEventListeners(signal, 'abort')).to.have.length(20))
    process.off('warning', keep)
    expect(warnings).to.deep.equal([])
  })
})
