import { expect } from 'chai'
import { EventStoreDBClient } from '@eventstore/db-client'
import {
  type EventLog,
  type NewEvent,
  UnknownOutcomeError,
  WrongExpectedVersionError,
} from '../../../src/eventstore/event-log.js'
import {
  followUntil,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  readToEnd,
  readWholeStream,
  rejectionOf,
} from '../../contract/event-log-support.js'
import { eventually } from '../../support/eventually.js'
import {
  type EventStoreServer,
  startEventStoreServer,
} from '../../support/eventstore-server/start-eventstore-server.js'
import { openedLogs } from './opened-logs.js'
import { watchUnhandled } from './watch-unhandled.js'

/** Without the guard that a test is about, it would wait this long, and so fail. */
const NEVER_MS = 3_600_000
/** For what is never answered; long enough for what is, on a busy machine. */
const TIMEOUT_MS = 1_500

describe('The event log in EventStoreDB, when something breaks', () => {
  let server: EventStoreServer
  const open = openedLogs()
  watchUnhandled()

  beforeEach(async () => {
    server = await startEventStoreServer()
  })

  afterEach(() => server[Symbol.asyncDispose]())

  const have = (count: number) => (events: readonly unknown[]) => events.length >= count

  /** Repeats the very call until it is answered, as the writer of a stream does. */
  const appendAtLast = (log: EventLog, stream: string, version: number, events: NewEvent[]): Promise<unknown> =>
    eventually(() => log.append(stream, version, events))

  async function expectOnce(log: EventLog, stream: string, events: NewEvent[]): Promise<void> {
    expect(idsOf(await readWholeStream(log, stream))).to.deep.equal(idsOf(events))
  }

  for (const when of ['before', 'after'] as const) {
    it(`reports an unknown outcome of an append whose connection is cut ${when} it is stored, and stores a repeat once`, async () => {
      const log = await open(server.url)
      const [stream, events] = [newStream(), newEvents(2)]
      server.faults.cutOnAppend(1, when)
      expect(await rejectionOf(log.append(stream, 0, events))).to.be.instanceOf(UnknownOutcomeError)
      await appendAtLast(log, stream, 0, events)
      await expectOnce(log, stream, events)
    })
  }

  it('gives up an append that is stored but never answered, and finds it when it is repeated', async () => {
    const log = await open(server.url, { timeoutMs: TIMEOUT_MS })
    const [stream, events] = [newStream(), newEvents(2)]
    server.faults.storeWithoutAnswer()
    expect(await rejectionOf(log.append(stream, 0, events))).to.be.instanceOf(UnknownOutcomeError)
    expect(await appendAtLast(log, stream, 0, events)).to.include({ version: 2 })
    await eventually(() => expectOnce(log, stream, events))
  })

  it('ignores an answer that comes after it gave up', async () => {
    const log = await open(server.url, { timeoutMs: TIMEOUT_MS })
    const [stream, events] = [newStream(), newEvents(1)]
    let answer = (): void => undefined
    server.faults.answerLate(new Promise<void>((resolve) => (answer = resolve)))
    expect(await rejectionOf(log.append(stream, 0, events))).to.be.instanceOf(UnknownOutcomeError)
    answer()
    await appendAtLast(log, stream, 1, newEvents(1))
    await eventually(async () => expect(await readWholeStream(log, stream)).to.have.length(2))
  })

  it('reports unanswered appends as unknown too when one append breaks the client', async () => {
    const log = await open(server.url, { timeoutMs: TIMEOUT_MS })
    const streams = Array.from({ length: 20 }, () => newStream())
    server.faults.storeWithoutAnswer(3)
    const outcomes = await Promise.all(
      streams.map(async (stream) => {
        const events = newEvents(1)
        await appendAtLast(log, stream, 0, events)
        return eventually(() => expectOnce(log, stream, events))
      }),
    )
    expect(outcomes).to.have.length(20)
  })

  it('retries a repeat that is ahead of the index of the store', async () => {
    const log = await open(server.url)
    const [stream, events] = [newStream(), newEvents(2)]
    const answer = await log.append(stream, 0, events)
    server.faults.answerNotIndexed(3)
    expect(await log.append(stream, 0, events)).to.deep.equal(answer)
  })

  it('reports a tombstoned stream, and not as an unknown outcome', async () => {
    const log = await open(server.url)
    const stream = newStream()
    await log.append(stream, 0, newEvents(1))
    const client = EventStoreDBClient.connectionString(server.url)
    await client.tombstoneStream(stream)
    expect(await rejectionOf(log.append(stream, 1, newEvents(1)))).to.include({ type: 'stream-deleted' })
    await client.dispose()
  })

  it('reports an append that is too large for the server, and not as an unknown outcome', async () => {
    await using small = await startEventStoreServer({ maxAppendBytes: 1_000 })
    const log = await open(small.url)
    const large = newEvent({ data: JSON.stringify({ text: 'x'.repeat(2_000) }) })
    expect(await rejectionOf(log.append(newStream(), 0, [large]))).to.include({ type: 'maximum-append-size-exceeded' })
    expect(await log.append(newStream(), 0, newEvents(1))).to.include({ version: 1 })
  })

  it('reports a conflict with the actual version, whatever the connection string says of append failures', async () => {
    const log = await open(`${server.url}&throwOnAppendFailure=false`)
    const stream = newStream()
    await log.append(stream, 0, newEvents(3))
    const error = await rejectionOf(log.append(stream, 1, newEvents(1)))
    expect(error).to.be.instanceOf(WrongExpectedVersionError)
    expect(error).to.include({ stream, expectedVersion: 1, actualVersion: 3 })
  })

  it('appends to a server whose clock is 30 s ahead of ours', async () => {
    await using ahead = await startEventStoreServer({ clockAheadMs: 30_000 })
    const log = await open(ahead.url)
    expect(await log.append(newStream(), 0, newEvents(1))).to.include({ version: 1 })
  })

  it('repeats a read that a cut connection interrupted', async () => {
    const log = await open(server.url)
    const stream = newStream()
    const events = newEvents(500)
    await log.append(stream, 0, events)
    server.faults.cutReadsAfter(100)
    expect(await rejectionOf(readWholeStream(log, stream))).to.be.instanceOf(Error)
    await eventually(() => expectOnce(log, stream, events))
    server.faults.cutReadsAfter(100)
    expect(await rejectionOf(readToEnd(log, log.start))).to.be.instanceOf(Error)
    await eventually(async () => expect(await readToEnd(log, log.start)).to.have.length(501))
  })

  it('gives up a read that is not answered', async () => {
    const log = await open(server.url, { timeoutMs: 100 })
    server.faults.stopReads()
    expect(await rejectionOf(log.readStream(newStream(), { limit: 1 }))).to.match(/no answer within 100 ms/)
    expect(await rejectionOf(log.head())).to.match(/no answer within 100 ms/)
    await eventually(() => expect(server.reads).to.equal(0))
  })

  it('continues where a subscription was cut, also in the middle of an append', async () => {
    const log = await open(server.url, { watchMs: NEVER_MS })
    const following = followUntil(log, await log.head(), have(60))
    await eventually(() => expect(server.subscriptions).to.equal(1))
    const events = newEvents(60)
    server.faults.cutSubscriptionsAfter(7)
    await appendAtLast(log, newStream(), 0, events.slice(0, 20))
    await eventually(() => expect(server.subscriptions).to.equal(1))
    server.faults.cutSubscriptionsAfter(13)
    await appendAtLast(log, newStream(), 0, events.slice(20))
    expect(idsOf(await following)).to.deep.equal(idsOf(events))
  })

  it('detects by the head of the log that its subscription fell silent', async () => {
    const log = await open(server.url, { watchMs: 30 })
    const following = followUntil(log, await log.head(), have(2))
    await eventually(() => expect(server.subscriptions).to.equal(1))
    server.faults.stopSubscriptions()
    const events = newEvents(2)
    await log.append(newStream(), 0, events)
    expect(idsOf(await following)).to.deep.equal(idsOf(events))
  })

  it('continues at once when the server drops its subscription as too slow', async () => {
    const log = await open(server.url, { retryMs: NEVER_MS, watchMs: NEVER_MS })
    const following = followUntil(log, await log.head(), have(4_000))
    await eventually(() => expect(server.subscriptions).to.equal(1))
    const stream = newStream()
    for (let n = 0; n < 4; n++) await log.append(stream, n * 1_000, newEvents(1_000))
    expect((await following).map(({ version }) => version)).to.deep.equal(
      Array.from({ length: 4_000 }, (_, n) => n + 1),
    )
    expect(server.subscriptionsBegun).to.be.above(1)
  })

  it('keeps an idle subscription', async () => {
    const log = await open(server.url, { watchMs: 5 })
    const following = followUntil(log, await log.head(), have(1))
    await eventually(() => expect(server.subscriptions).to.equal(1))
    const before = server.readsBegun
    await eventually(() => expect(server.readsBegun).to.be.above(before + 10)) // so often it looked
    expect(server.subscriptionsBegun).to.equal(1)
    await log.append(newStream(), 0, newEvents(1))
    await following
  })

  it('skips and repeats nothing when a checkpoint goes back, or is ahead of what was delivered', async () => {
    const log = await open(server.url)
    const events = newEvents(400)
    const following = followUntil(log, await log.head(), have(400))
    await eventually(() => expect(server.subscriptions).to.equal(1))
    for (let n = 0; n < 8; n++) {
      if (n % 2) server.faults.checkpointGoesBack()
      else server.faults.checkpointAtEnd()
      server.faults.cutSubscriptionsAfter(30)
      await appendAtLast(log, newStream(), 0, events.slice(n * 50, (n + 1) * 50))
    }
    expect(idsOf(await following)).to.deep.equal(idsOf(events))
  })

  it('ignores an event that it gets twice', async () => {
    const log = await open(server.url)
    const following = followUntil(log, await log.head(), have(3))
    await eventually(() => expect(server.subscriptions).to.equal(1))
    server.faults.deliverTwice(2)
    const events = newEvents(3)
    await log.append(newStream(), 0, events)
    expect(idsOf(await following)).to.deep.equal(idsOf(events))
  })

  it('returns neither system events of the store nor events of other logs on the server', async () => {
    const client = EventStoreDBClient.connectionString(server.url)
    const log = await open(server.url)
    const prefixed = await open(server.url, { streamPrefix: 'other.' })
    const [events, others] = [newEvents(2), newEvents(2)]
    const following = followUntil(prefixed, prefixed.start, have(3))
    await log.append('same', 0, events)
    await prefixed.append('same', 0, others)
    await client.setStreamMetadata('same', { maxAge: 1_000_000 })
    const seen = await readToEnd(prefixed, prefixed.start)
    expect(seen.map(({ stream, version }) => `${stream} ${version}`)).to.deep.equal(['log 1', 'same 1', 'same 2'])
    expect(idsOf(await following)).to.deep.equal(idsOf(seen))
    expect(idsOf(await readWholeStream(prefixed, 'same'))).to.deep.equal(idsOf(others))
    const own = await readToEnd(log, log.start)
    expect(own.filter(({ stream }) => stream.startsWith('$'))).to.deep.equal([])
    expect(log.id).not.to.equal(prefixed.id)
    const { position } = own.at(-1)!
    expect(await log.head()).to.equal(position)
    await client.dispose()
  })

  it('serves 150 followers with one subscription, and never has more than 32 reads at once', async () => {
    const log = await open(server.url)
    const { signal } = new AbortController()
    const last = newEvent()
    const before = await log.head()
    const followers = Array.from({ length: 150 }, async () => {
      for await (const { events } of log.follow(before, { signal })) if (events.at(-1)?.id === last.id) return 'got it'
      return 'never'
    })
    const stream = newStream()
    for (let n = 0; n < 10; n++) await log.append(stream, n * 500, newEvents(500))
    const heads = Array.from({ length: 300 }, () => log.head())
    expect(new Set(await Promise.all(heads)).size).to.equal(1)
    const one = Array.from({ length: 300 }, () => log.readStream(stream, { limit: 1 }))
    expect((await Promise.all(one)).flat()).to.have.length(300)
    await log.append(stream, 5_000, [last])
    expect(new Set(await Promise.all(followers))).to.deep.equal(new Set(['got it']))
    expect(server.subscriptionsBegun).to.equal(1)
    expect(server.mostReads).to.be.at.most(32)
  })

  it('frees the slots of 300 abandoned reads', async () => {
    const log = await open(server.url, { timeoutMs: TIMEOUT_MS })
    const stream = newStream()
    await log.append(stream, 0, newEvents(1))
    server.faults.stopReads()
    const reads = Array.from({ length: 300 }, () => rejectionOf(log.readStream(stream, { limit: 1 })))
    for (const error of await Promise.all(reads)) expect(error).to.match(/no answer within 1500 ms/)
    server.faults.heal()
    expect(await eventually(() => log.readStream(stream, { limit: 1 }))).to.have.length(1)
    await eventually(() => expect(server.reads).to.equal(0))
  })

  it('appends while reads use every slot of their connection', async () => {
    await using small = await startEventStoreServer({ maxCalls: 10 })
    await open(small.url)
    const log = await open(small.url)
    small.faults.stopReads()
    const reads = Array.from({ length: 20 }, () => rejectionOf(log.head()))
    await eventually(() => expect(small.reads).to.equal(10))
    expect(await log.append(newStream(), 0, newEvents(1))).to.include({ version: 1 })
    small.faults.cutConnections()
    await Promise.all(reads)
  })

  it('finds the head behind any number of system events of the store', async () => {
    const log = await open(server.url)
    const { position } = await log.append(newStream(), 0, newEvents(1))
    const client = EventStoreDBClient.connectionString(server.url)
    for (let n = 0; n < 300; n++) await client.setStreamMetadata(`other-${n}`, { maxAge: 1_000_000 })
    expect(await log.head()).to.equal(position)
    expect(await log.head()).to.equal(position)
    const next = await log.append(newStream(), 0, newEvents(1))
    expect(await log.head()).to.equal(next.position)
    await client.dispose()
  })

  it('has one id, whichever process opens it first', async () => {
    const logs = await Promise.all(Array.from({ length: 5 }, () => open(server.url)))
    expect(new Set(logs.map(({ id }) => id)).size).to.equal(1)
    expect(await readWholeStream(logs[0]!, 'log')).to.have.length(1)
  })

  it('answers calls in flight before it closes, refuses new ones, and leaves no call open', async () => {
    const log = await open(server.url)
    const stream = newStream()
    const following = followUntil(log, log.start, have(NEVER_MS))
    server.faults.answerLate(100, 5)
    const appends = newEvents(5).map((event, version) => log.append(stream, version, [event]))
    await log[Symbol.asyncDispose]()
    expect((await Promise.all(appends)).map(({ version }) => version)).to.deep.equal([1, 2, 3, 4, 5])
    expect(await rejectionOf(log.append(stream, 5, newEvents(1)))).to.match(/closed/)
    await following
    await eventually(() => expect(server.connections).to.deep.equal([]))
  })
})
