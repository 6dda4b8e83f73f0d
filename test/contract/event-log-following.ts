import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import type { EventLog, Page, Position, RecordedEvent } from '../../src/eventstore/event-log.js'
import type { UnderTest } from './event-log-contract.js'
import { followUntil, idsOf, newEvent, newEvents, newStream, readToEnd } from './event-log-support.js'

export function followingContract({ log, reopen }: UnderTest): void {
  const have = (count: number) => (events: readonly RecordedEvent[]) => events.length >= count

  it('delivers the whole log from its start, then new events', async () => {
    const known = await readToEnd(log(), log().start)
    const following = followUntil(log(), log().start, have(known.length + 1))
    const added = newEvent()
    await log().append(newStream(), 0, [added])
    expect(idsOf(await following)).to.deep.equal([...idsOf(known), added.id])
  })

  it('starts after any event, also in the middle of an append', async () => {
    const before = await log().head()
    await log().append(newStream(), 0, newEvents(5))
    const events = await readToEnd(log(), before)
    for (const [index, { position }] of events.slice(0, -1).entries()) {
      const rest = events.slice(index + 1)
      expect(await followUntil(log(), position, have(rest.length))).to.deep.equal(rest)
    }
  })

  it('delivers from the head only new events, once each and in order', async () => {
    const { position } = await log().append(newStream(), 0, newEvents(2))
    const events = newEvents(3)
    const following = followUntil(log(), position, have(4))
    const stream = newStream()
    await log().append(stream, 0, events)
    const last = newEvent()
    await log().append(stream, 3, [last])
    expect(idsOf(await following)).to.deep.equal(idsOf([...events, last]))
  })

  it('delivers events of other processes', async () => {
    await using other = await reopen()
    const event = newEvent()
    const following = followUntil(log(), await log().head(), have(1))
    await other.append(newStream(), 0, [event])
    expect(idsOf(await following)).to.deep.equal([event.id])
  })

  it('delivers only streams with the requested name prefixes', async () => {
    const before = await log().head()
    const [a, b, c] = [newStream('kind-a'), newStream('kind-b'), newStream('kind-c')]
    const streams = [c, a, `other-${a}`, b, newStream('kind'), newStream('kind-a')]
    for (const stream of streams) await log().append(stream, 0, newEvents(1))
    const events = await followUntil(log(), before, have(3), ['kind-a-', 'kind-b-'])
    expect(events.map(({ stream }) => stream)).to.deep.equal([a, b, streams.at(-1)])
  })

  it('reports the examined position, also where nothing matched', async () => {
    const before = await log().head()
    const { position } = await log().append(newStream(), 0, newEvents(3))
    const reached = (_: unknown, page: Page): boolean => log().comparePositions(page.position, position) >= 0
    expect(await followUntil(log(), before, reached, ['no-such-stream-'])).to.deep.equal([])
  })

  it('never skips an event that commits late, and never delivers one twice, over interruptions and processes', async () => {
    await using other = await reopen()
    const before = await log().head()
    const writers = Array.from({ length: 12 }, (_, n) => writeMany(n % 2 ? log() : other, 25))
    const total = 12 * 25 * 2
    const followers = [
      followUntil(log(), before, have(total)),
      followUntil(other, before, have(total)),
      followWithBreaks([log(), other], before, total),
      followWithBreaks([log()], before, total),
    ]
    await Promise.all(writers)
    const expected = idsOf(await readToEnd(log(), before))
    expect(expected).to.have.length(total)
    for (const events of await Promise.all(followers)) expect(idsOf(events)).to.deep.equal(expected)
  })

  async function writeMany(to: EventLog, appends: number): Promise<void> {
    const stream = newStream()
    for (let n = 0; n < appends; n++) await to.append(stream, n * 2, newEvents(2))
  }

  /** Leaves after every page, and goes on from the position it had, through the next of `logs`. */
  async function followWithBreaks(logs: EventLog[], after: Position, count: number): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = []
    for (let n = 0; events.length < count; n++) {
      const onePage = (_: unknown, page: Page): boolean => {
        after = page.position
        return true
      }
      events.push(...(await followUntil(logs[n % logs.length]!, after, onePage)))
    }
    return events
  }

  it('serves 150 followers, with one signal for all', async () => {
    const before = await log().head()
    const controller = new AbortController()
    const followers = Array.from({ length: 150 }, () =>
      collect(log().follow(before, { signal: controller.signal }), 20),
    )
    const stream = newStream()
    const events = newEvents(20)
    for (const [version, event] of events.entries()) await log().append(stream, version, [event])
    for (const got of await Promise.all(followers)) expect(idsOf(got)).to.deep.equal(idsOf(events))
    expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([])
  })

  async function collect(pages: AsyncIterable<Page>, count: number): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = []
    for await (const page of pages) {
      events.push(...page.events)
      if (events.length >= count) break
    }
    return events
  }

  it('ends at once and without a page when the signal has aborted before', async () => {
    expect(await collect(log().follow(log().start, { signal: AbortSignal.abort() }), 1)).to.deep.equal([])
  })

  it('ends without an error when the signal aborts while it waits, and leaves no listener', async () => {
    const controller = new AbortController()
    const next = log()
      .follow(await log().head(), { signal: controller.signal })
      [Symbol.asyncIterator]()
      .next()
    controller.abort()
    expect(await next).to.deep.equal({ done: true, value: undefined })
    expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([])
  })

  it('ends without an error when the signal aborts between two pages', async () => {
    const controller = new AbortController()
    let pages = 0
    for await (const { events } of log().follow(log().start, { signal: controller.signal })) {
      expect(events).not.to.be.empty
      pages++
      controller.abort()
    }
    expect(pages).to.equal(1)
    expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([])
  })

  it('ends every follower when the log is closed', async () => {
    const other = await reopen()
    const { signal } = new AbortController()
    const following = collect(other.follow(await other.head(), { signal }), 1)
    await other[Symbol.asyncDispose]()
    expect(await following).to.deep.equal([])
  })
}
