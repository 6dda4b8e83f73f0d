import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { appendCopies } from '../../../src/eventstore/copy/append-copies.js'
import { copyEvents, LogsDifferError } from '../../../src/eventstore/copy/copy-events.js'
import type { CopyTarget } from '../../../src/eventstore/copy/copy-target.js'
import { createPositionMap } from '../../../src/eventstore/copy/position-map.js'
import type { EventLog, RecordedEvent } from '../../../src/eventstore/event-log.js'
import { insertCopies } from '../../../src/eventstore/postgres/insert-copies.js'
import { newEvent, newEvents, readToEnd, rejectionOf } from '../../contract/event-log-support.js'
import { newPrefix, openEventStoreLog } from '../../support/event-logs.js'
import { createTestDatabase } from '../../support/test-database.js'
import { openingEvent, openPostgresLog, withOwnPool } from '../postgres-log.js'

const { signal } = new AbortController()

/** Everything that an event is, but for where it is. */
const content = (events: readonly RecordedEvent[]) => events.map(({ position: _, ...event }) => event)

const wholeLog = async (log: EventLog) => readToEnd(log, log.start)

/** Some 600 events of a few streams, with all that JSON can hold. */
async function fill(log: EventLog): Promise<void> {
  const streams = ['chat-a', 'chat-b', 'user-c'].map((name) => ({ name, version: 0 }))
  for (let round = 0; round < 20; round++) {
    for (const stream of streams) {
      const data = JSON.stringify({
        text: `ünï ☃ \u2028 "${round}"`,
        list: [1, -0.5, 1e21, null, true],
        nested: { 2: 'b', 1: 'a' },
      })
      const events = [newEvent({ data }), ...newEvents(9)]
      stream.version = (await log.append(stream.name, stream.version, events)).version
    }
  }
}

async function openSource(url: string): Promise<EventLog> {
  return withOwnPool(await openPostgresLog(url))
}

async function openPostgresTarget(url: string, first: RecordedEvent): Promise<CopyTarget & AsyncDisposable> {
  const opened = await openPostgresLog(url, { openingEvent: () => first })
  let count = 1
  return {
    log: opened.log,
    async add(events) {
      await insertCopies(opened.pool, count, events)
      count += events.length
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

async function openEventStoreTarget(prefix: string, first: RecordedEvent): Promise<CopyTarget & AsyncDisposable> {
  const log = await openEventStoreLog(prefix, () => first)
  return { log, add: (events) => appendCopies(log, events), [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() }
}

describe('copying a log', () => {
  it('gives equal events in the same order, from Postgres to EventStoreDB and back', async () => {
    await using database = await createTestDatabase()
    await using back = await createTestDatabase()
    await using source = await openSource(database.url)
    await fill(source)
    const originals = await wholeLog(source)
    await using target = await openEventStoreTarget(newPrefix(), originals[0]!)
    const there = await copyEvents({ source, target, signal })
    await using last = await openPostgresTarget(back.url, originals[0]!)
    await copyEvents({ source: target.log, target: last, signal })

    expect(there).to.deep.equal({ verified: 601, added: 600, surplus: [] })
    expect(target.log.id).to.equal(source.id)
    expect(content(await wholeLog(target.log))).to.deep.equal(content(originals))
    expect(content(await wholeLog(last.log))).to.deep.equal(content(originals))
  })

  for (const kind of ['postgres', 'eventstoredb'] as const)
    it(`goes on where an earlier run ended, and copies what came since, on ${kind}`, async () => {
      await using database = await createTestDatabase()
      await using other = await createTestDatabase()
      await using source = await openSource(database.url)
      await fill(source)
      const [first] = await wholeLog(source)
      await using target =
        kind === 'postgres'
          ? await openPostgresTarget(other.url, first!)
          : await openEventStoreTarget(newPrefix(), first!)
      const crash = new Error('the process ends here')
      /** As a crash would: in the middle of a page. */
      const crashing: CopyTarget = {
        log: target.log,
        async add(events) {
          await target.add(events.slice(0, 337))
          throw crash
        },
      }
      expect(await rejectionOf(copyEvents({ source, target: crashing, signal }))).to.equal(crash)
      await source.append('chat-later', 0, newEvents(3))
      const result = await copyEvents({ source, target, signal })

      expect(result).to.deep.include({ verified: 604, added: 604 - 338 })
      expect(content(await wholeLog(target.log))).to.deep.equal(content(await wholeLog(source)))
    })

  it('refuses a target that has another event, and names it', async () => {
    await using database = await createTestDatabase()
    await using other = await createTestDatabase()
    await using source = await openSource(database.url)
    await source.append('chat-a', 0, newEvents(2))
    const [first] = await wholeLog(source)
    await using target = await openPostgresTarget(other.url, first!)
    await target.log.append('chat-a', 0, newEvents(1))

    const error = await rejectionOf(copyEvents({ source, target, signal }))
    expect(error).to.be.instanceOf(LogsDifferError).with.property('ordinal', 2)
  })

  it('finds each position at the event with the same ordinal', async () => {
    await using database = await createTestDatabase()
    await using source = await openSource(database.url)
    await fill(source)
    const originals = await wholeLog(source)
    await using target = await openEventStoreTarget(newPrefix(), originals[0]!)
    const wanted = [originals[400]!.position, source.start, originals[0]!.position, originals.at(-1)!.position]
    const map = createPositionMap(source, target.log, wanted)
    await copyEvents({ source, target, signal, onPair: (_ordinal, one, other) => map.onPair(one, other) })
    const copies = await wholeLog(target.log)

    expect(map.entries()).to.deep.equal(
      new Map([
        [source.start, target.log.start],
        [originals[0]!.position, copies[0]!.position],
        [originals[400]!.position, copies[400]!.position],
        [originals.at(-1)!.position, copies.at(-1)!.position],
      ]),
    )
  })
})

describe('the id of a log', () => {
  const naming = (logId: string) => newEvent({ type: 'LogCopied', data: JSON.stringify({ logId }) })

  it('is that of its last event that gives it one, on Postgres', async () => {
    await using database = await createTestDatabase()
    const logId = randomUUID()
    {
      await using log = await openSource(database.url)
      await log.append('log', 1, [naming(randomUUID()), naming(logId), ...newEvents(2)])
    }
    await using opened = await openPostgresLog(database.url)
    expect(opened.log.id).to.equal(logId)
  })

  it('is that of its last event that gives it one, on EventStoreDB', async () => {
    const prefix = newPrefix()
    const logId = randomUUID()
    {
      await using log = await openEventStoreLog(prefix, openingEvent)
      await log.append('log', 1, [naming(randomUUID()), naming(logId), ...newEvents(120)])
    }
    await using log = await openEventStoreLog(prefix, openingEvent)
    expect(log.id).to.equal(logId)
    expect((await wholeLog(log)).length).to.equal(123)
  })
})
