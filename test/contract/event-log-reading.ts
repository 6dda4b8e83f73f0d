import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { type Position, UnknownPositionError } from '../../src/eventstore/event-log.js'
import type { UnderTest } from './event-log-contract.js'
import { followUntil, idsOf, newEvents, newStream, readToEnd, rejectionOf } from './event-log-support.js'

export function readingContract({ log, reopen }: UnderTest): void {
  it('returns a stream forwards and backwards, from an exclusive start, up to a limit', async () => {
    const stream = newStream()
    await log().append(stream, 0, newEvents(9))
    const versions = async (options: { after?: number; backwards?: boolean; limit: number }): Promise<number[]> =>
      (await log().readStream(stream, options)).map(({ version }) => version)
    expect(await versions({ limit: 3 })).to.deep.equal([1, 2, 3])
    expect(await versions({ after: 0, limit: 3 })).to.deep.equal([1, 2, 3])
    expect(await versions({ after: 4, limit: 3 })).to.deep.equal([5, 6, 7])
    expect(await versions({ after: 7, limit: 3 })).to.deep.equal([8, 9])
    expect(await versions({ after: 9, limit: 3 })).to.deep.equal([])
    expect(await versions({ backwards: true, limit: 3 })).to.deep.equal([9, 8, 7])
    expect(await versions({ backwards: true, after: 3, limit: 3 })).to.deep.equal([2, 1])
    expect(await versions({ backwards: true, after: 1, limit: 3 })).to.deep.equal([])
  })

  it('returns nothing for an unknown stream', async () => {
    expect(await log().readStream(newStream(), { limit: 10 })).to.deep.equal([])
    expect(await log().readStream(newStream(), { limit: 10, backwards: true })).to.deep.equal([])
  })

  it('returns the whole log in pages, in the order of its positions, the same for every page size', async () => {
    const before = await log().head()
    const streams = [newStream(), newStream(), newStream()]
    for (const version of [0, 2, 4]) for (const stream of streams) await log().append(stream, version, newEvents(2))
    const events = await readToEnd(log(), before)
    expect(events.map(({ stream, version }) => `${streams.indexOf(stream)}:${version}`).join(' ')).to.equal(
      '0:1 0:2 1:1 1:2 2:1 2:2 0:3 0:4 1:3 1:4 2:3 2:4 0:5 0:6 1:5 1:6 2:5 2:6',
    )
    for (const limit of [1, 5, 18]) expect(await readToEnd(log(), before, limit)).to.deep.equal(events)
  })

  it('continues after any single event, also in the middle of an append', async () => {
    const before = await log().head()
    await log().append(newStream(), 0, newEvents(4))
    const events = await readToEnd(log(), before)
    for (const [index, { position }] of events.entries())
      expect(await readToEnd(log(), position)).to.deep.equal(events.slice(index + 1))
  })

  it('returns an empty page at the end, with the requested position', async () => {
    const { position } = await log().append(newStream(), 0, newEvents(1))
    expect(await log().readAll(position, 10)).to.deep.equal({ events: [], position })
  })

  it('has the position of the last event as head, in every process', async () => {
    await using other = await reopen()
    const { position } = await log().append(newStream(), 0, newEvents(3))
    expect(await log().head()).to.equal(position)
    expect(await other.head()).to.equal(position)
    expect(other.id).to.equal(log().id)
  })

  it('has its id in every position, and compares positions in the order of the log', async () => {
    await log().append(newStream(), 0, newEvents(120)) // enough for positions of different lengths
    const events = await readToEnd(log(), log().start)
    const positions = [log().start, ...events.map(({ position }) => position)]
    expect(positions.every((position) => position.startsWith(`${log().id}.`))).to.equal(true)
    const compare = (a: Position, b: Position): number => log().comparePositions(a, b)
    expect(positions.toReversed().sort(compare)).to.deep.equal(positions)
    expect(new Set(positions).size).to.equal(positions.length)
    for (const [index, position] of positions.slice(1).entries()) {
      expect(compare(positions[index]!, position)).to.be.below(0)
      expect(compare(position, positions[index]!)).to.be.above(0)
      expect(compare(position, position)).to.equal(0)
    }
  })

  it('counts the events between two positions, at least approximately', async () => {
    const from = await log().head()
    const { position: to } = await log().append(newStream(), 0, newEvents(10))
    expect(log().countBetween(from, to)).to.be.above(0)
    expect(log().countBetween(to, to)).to.equal(0)
    expect(log().countBetween(to, from)).to.equal(0)
    expect(log().countBetween(log().start, to)).to.be.above(log().countBetween(from, to))
  })

  it('refuses a position of another log and an invalid one in every call', async () => {
    const head = await log().head()
    const { id } = log()
    const wrong = [
      '',
      'x',
      '0',
      '.',
      id,
      `${id}.`,
      `${id}.x`,
      `${id}.-1`,
      `${id}. 1`,
      `${id}.1e3`,
      `${head} `,
      ` ${head}`,
    ]
    const foreign = head.replace(id, randomUUID())
    for (const position of [...wrong, foreign, `${id}.${'9'.repeat(40)}`]) {
      const attempts = [
        log().readAll(position, 1),
        followOnce(position),
        Promise.resolve().then(() => log().comparePositions(head, position)),
        Promise.resolve().then(() => log().comparePositions(position, head)),
      ]
      for (const attempt of attempts)
        expect(await rejectionOf(attempt), position).to.be.instanceOf(UnknownPositionError)
    }
  })

  const followOnce = async (position: Position): Promise<string[]> =>
    idsOf(await followUntil(log(), position, () => true))
}
