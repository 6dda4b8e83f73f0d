import { expect } from 'chai'
import { WrongExpectedVersionError } from '../../src/eventstore/event-log.js'
import type { UnderTest } from './event-log-contract.js'
import { idsOf, newEvent, newEvents, newStream, readWholeStream, rejectionOf } from './event-log-support.js'

export function appendingContract({ log, reopen }: UnderTest): void {
  async function expectConflict(append: Promise<unknown>, actualVersion: number): Promise<void> {
    const error = await rejectionOf(append)
    expect(error).to.be.instanceOf(WrongExpectedVersionError)
    expect(error).to.include({ actualVersion })
  }

  it('numbers a stream from 1 without gaps, and returns version and position of the last event', async () => {
    const stream = newStream()
    await log().append(stream, 0, newEvents(2))
    const appended = await log().append(stream, 2, newEvents(3))
    const events = await readWholeStream(log(), stream)
    expect(events.map(({ version }) => version)).to.deep.equal([1, 2, 3, 4, 5])
    expect(appended).to.deep.equal({ version: 5, position: events[4]!.position })
  })

  it('lets one of many concurrent writers win each version, and gives the others the actual one', async () => {
    const stream = newStream()
    await using other = await reopen()
    for (const version of [0, 1, 2]) {
      const events = newEvents(20)
      const outcomes = await Promise.allSettled(
        events.map((event, index) => (index % 2 ? log() : other).append(stream, version, [event])),
      )
      const won = events.filter((_, index) => outcomes[index]!.status === 'fulfilled')
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect([won.length, lost.length]).to.deep.equal([1, 19])
      for (const { reason } of lost) expect(reason).to.include({ stream, actualVersion: version + 1 })
      expect(idsOf(await log().readStream(stream, { after: version, limit: 10 }))).to.deep.equal(idsOf(won))
    }
  })

  it('refuses an expected version below or above the actual one, and one of an unknown stream', async () => {
    const stream = newStream()
    await expectConflict(log().append(stream, 1, newEvents(1)), 0)
    await log().append(stream, 0, newEvents(3))
    await expectConflict(log().append(stream, 0, newEvents(1)), 3)
    await expectConflict(log().append(stream, 2, newEvents(2)), 3)
    await expectConflict(log().append(stream, 4, newEvents(1)), 3)
  })

  it('appends all events of a call or none', async () => {
    const stream = newStream()
    const first = newEvents(2)
    await log().append(stream, 0, first)
    await expectConflict(log().append(stream, 1, newEvents(3)), 2)
    await rejectionOf(log().append(stream, 2, [newEvent(), newEvent({ data: '{"a":"\0"}' })]))
    expect(idsOf(await readWholeStream(log(), stream))).to.deep.equal(idsOf(first))
  })

  it('keeps appends to many streams apart when they arrive together, conflicting ones among them', async () => {
    const streams = Array.from({ length: 40 }, () => newStream())
    const outcomes = await Promise.allSettled(
      streams.map((stream, index) => log().append(stream, index % 4 === 0 ? 7 : 0, newEvents(2))),
    )
    for (const [index, stream] of streams.entries()) {
      expect(outcomes[index]!.status).to.equal(index % 4 === 0 ? 'rejected' : 'fulfilled')
      expect(await readWholeStream(log(), stream)).to.have.length(index % 4 === 0 ? 0 : 2)
    }
  })

  it('handles calls for one stream in the order in which they were made', async () => {
    const stream = newStream()
    const events = newEvents(10)
    await Promise.all(events.map((event, version) => log().append(stream, version, [event])))
    expect(idsOf(await readWholeStream(log(), stream))).to.deep.equal(idsOf(events))
  })

  it('gives a repeated call the first answer: at once, after later events, in the middle', async () => {
    const stream = newStream()
    const [first, second, third] = [newEvents(2), newEvents(3), newEvents(1)]
    const call = () => log().append(stream, 2, second)
    await log().append(stream, 0, first)
    const [answer, again] = await Promise.all([call(), call()])
    expect(again).to.deep.equal(answer)
    expect(await call()).to.deep.equal(answer)
    await log().append(stream, 5, third)
    expect(await call()).to.deep.equal(answer)
    expect(idsOf(await readWholeStream(log(), stream))).to.deep.equal(idsOf([...first, ...second, ...third]))
  })

  it('gives a call repeated by another process the first answer', async () => {
    const stream = newStream()
    const events = newEvents(2)
    const answer = await log().append(stream, 0, events)
    await using other = await reopen()
    expect(await other.append(stream, 0, events)).to.deep.equal(answer)
    expect(await readWholeStream(other, stream)).to.have.length(2)
  })

  it('recognises the first events of an earlier append, with the version and position of their last', async () => {
    const stream = newStream()
    const events = newEvents(3)
    await log().append(stream, 0, events)
    const { version, position } = (await readWholeStream(log(), stream))[1]!
    expect(await log().append(stream, 0, events.slice(0, 2))).to.deep.equal({ version, position })
  })

  it('refuses a call that mixes known events with new ones, or has them in another order', async () => {
    const stream = newStream()
    const [a, b] = [newEvent(), newEvent()]
    await log().append(stream, 0, [a, b])
    await expectConflict(log().append(stream, 0, [a, newEvent()]), 2)
    await expectConflict(log().append(stream, 0, [newEvent(), b]), 2)
    await expectConflict(log().append(stream, 0, [a, b, newEvent()]), 2)
    await expectConflict(log().append(stream, 0, [b, a]), 2)
    await expectConflict(log().append(stream, 0, [b]), 2)
  })

  it('accepts 5,000 small events in one append', async () => {
    const stream = newStream()
    const events = Array.from({ length: 5_000 }, () => newEvent({ metadata: '{}' }))
    expect((await log().append(stream, 0, events)).version).to.equal(5_000)
    expect(idsOf(await readWholeStream(log(), stream))).to.deep.equal(idsOf(events))
  })
}
