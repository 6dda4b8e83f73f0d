import { expect } from 'chai'
import { createWindow, type Entry } from '../../src/eventstore/window.js'
import { newEvent } from '../contract/event-log-support.js'

describe('The window of recent events', () => {
  const entry = (at: number, data = '{}'): Entry => ({
    at,
    event: { ...newEvent({ data, metadata: '' }), stream: 'a', version: 1, position: `log.${at}` },
  })
  const entries = (...places: number[]): Entry[] => places.map((at) => entry(at))
  const places = (found: readonly Entry[]): number[] => found.map(({ at }) => at)

  it('starts empty, and covers later events', () => {
    const window = createWindow(7, { events: 10, characters: 1_000 })
    expect([window.end, window.covers(6), window.covers(7)]).to.deep.equal([7, false, true])
    expect(window.above(7, 10)).to.deep.equal([])
  })

  it('returns events after a position, up to a limit, also after one between two events', () => {
    const window = createWindow(7, { events: 10, characters: 1_000 })
    window.add(entries(8, 9, 12, 13))
    expect(places(window.above(7, 10))).to.deep.equal([8, 9, 12, 13])
    expect(places(window.above(9, 1))).to.deep.equal([12])
    expect(places(window.above(10, 10))).to.deep.equal([12, 13])
    expect(places(window.above(13, 10))).to.deep.equal([])
    expect(window.end).to.equal(13)
  })

  it('drops the oldest when there are too many, and then covers only the rest', () => {
    const window = createWindow(0, { events: 3, characters: 1_000 })
    window.add(entries(1, 2))
    window.add(entries(3, 4, 5))
    expect([window.covers(1), window.covers(2)]).to.deep.equal([false, true])
    expect(places(window.above(2, 10))).to.deep.equal([3, 4, 5])
  })

  it('drops the oldest when they are too large, all of them if needed', () => {
    const window = createWindow(0, { events: 10, characters: 10 })
    window.add([entry(1, 'aaaaa'), entry(2, 'aaaaa'), entry(3, 'a')])
    expect(places(window.above(1, 10))).to.deep.equal([2, 3])
    window.add([entry(4, 'a'.repeat(11))])
    expect([window.end, window.covers(3), window.covers(4)]).to.deep.equal([4, false, true])
  })
})
