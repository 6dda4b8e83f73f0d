import { expect } from 'chai'
import pg from 'pg'
import type { RecordedEvent } from '../../src/eventstore/event-log.js'
import { followUntil, idsOf, newEvent, newEvents, newStream, readToEnd } from '../contract/event-log-support.js'
import { eventually } from '../support/eventually.js'
import { createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'
import { callOf, type OpenedPostgresLog, openPostgresLog } from './postgres-log.js'

describe('The order of the log in Postgres', () => {
  let database: TestDatabase
  let opened: OpenedPostgresLog
  let slow: pg.Client

  beforeEach(async () => {
    database = await createTestDatabase()
    opened = await openPostgresLog(database.url)
    slow = new pg.Client({ connectionString: database.url })
    await slow.connect()
  })

  afterEach(async () => {
    await slow.end()
    await opened[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  /** Another process has appended, and holds its transaction open. */
  async function appendSlowly(stream = newStream()): Promise<{ id: string; stream: string }> {
    const event = newEvent()
    await slow.query('begin')
    await slow.query('select from append_events($1, $2, $3, $4)', callOf({ stream, expected: 0, events: [event] }))
    return { id: event.id, stream }
  }

  const untilOneWaits = (): Promise<unknown> =>
    eventually(async () => {
      const sql = `select 1 from pg_locks where locktype = 'advisory' and not granted`
      expect(await execute(database.url, sql)).to.have.length(1)
    })

  it('makes no event visible after one that is not committed yet', async () => {
    const { log } = opened
    const head = await log.head()
    const late = await appendSlowly()
    const event = newEvent()
    const append = log.append(newStream(), 0, [event])
    await untilOneWaits()
    expect(await log.readAll(head, 10)).to.deep.equal({ events: [], position: head })
    await slow.query('commit')
    const { position } = await append
    expect(idsOf(await readToEnd(log, head))).to.deep.equal([late.id, event.id])
    expect(await log.head()).to.equal(position)
  })

  it('delivers events in order to a follower that read while a commit was pending', async () => {
    const { log } = opened
    const following = followUntil(log, await log.head(), (events) => events.length >= 2)
    const late = await appendSlowly()
    const event = newEvent()
    const append = log.append(newStream(), 0, [event])
    await untilOneWaits()
    await slow.query('commit')
    await append
    expect(idsOf(await following)).to.deep.equal([late.id, event.id])
  })

  it('reuses the position of an append that was rolled back', async () => {
    const { log } = opened
    const head = await log.head()
    await appendSlowly()
    const append = log.append(newStream(), 0, newEvents(1))
    await untilOneWaits()
    await slow.query('rollback')
    expect((await append).position).to.equal(successorOf(head))
  })

  it('checks a stream version after it has the lock', async () => {
    const { stream } = await appendSlowly()
    const append = opened.log.append(stream, 0, newEvents(1)).then(
      () => 'appended',
      (error: unknown) => error,
    )
    await untilOneWaits()
    await slow.query('commit')
    expect(await append).to.include({ name: 'WrongExpectedVersionError', actualVersion: 1 })
  })

  it('checks each append of one call by itself', async () => {
    const [a, b, c, d] = [newStream(), newStream(), newStream(), newStream()]
    const [first, second, third] = [newEvents(2), newEvents(1), newEvents(2)]
    await slow.query('select from append_events($1, $2, $3, $4)', callOf({ stream: a, expected: 0, events: first }))
    const call = callOf(
      { stream: b, expected: 5, events: newEvents(1) },
      { stream: c, expected: 0, events: second },
      { stream: a, expected: 0, events: first },
      { stream: d, expected: 0, events: third },
    )
    const { rows } = await slow.query<object>('select * from append_events($1, $2, $3, $4)', call)
    expect(rows).to.deep.equal([
      { stream: null, outcome: null, version: null, position: '3' },
      { stream: b, outcome: 'conflict', version: 0, position: null },
      { stream: a, outcome: 'repeated', version: 2, position: '3' },
    ])
    const events = await readToEnd(opened.log, opened.log.start)
    expect(idsOf(events.slice(1))).to.deep.equal(idsOf([...first, ...second, ...third]))
  })

  it('counts the events between two positions exactly', async () => {
    const from = await opened.log.head()
    const { position: to } = await opened.log.append(newStream(), 0, newEvents(7))
    expect(opened.log.countBetween(from, to)).to.equal(7)
  })

  it('delivers the same event objects to all followers', async () => {
    const { log } = opened
    const before = await log.head()
    const stream = newStream()
    let ready = 0
    const follow = (): Promise<RecordedEvent[]> =>
      followUntil(log, before, (events) => {
        ready++
        return events.length >= 4
      })
    const followers = [follow(), follow(), follow()]
    await log.append(stream, 0, newEvents(1))
    await eventually(() => expect(ready).to.equal(3))
    await log.append(stream, 1, newEvents(3))
    const [one, ...others] = (await Promise.all(followers)).map((events) => events.slice(1))
    for (const other of others) for (const [index, event] of one!.entries()) expect(other[index]).to.equal(event)
  })

  const successorOf = (position: string): string => position.replace(/\d+$/, (n) => String(Number(n) + 1))
})
