import { expect } from 'chai'
import fc from 'fast-check'
import { orderedMap, type OrderedMap } from '../../src/domain/ordered-map.js'

/** Few keys, so that they are met again; two of them have the same hash. */
const [one, other] = ['costarring', 'liquid']
const key = fc.oneof(
  fc.constantFrom(one, other),
  fc.integer({ min: 0, max: 40 }).map((place) => `key ${place}`),
)
const changes = fc.array(
  fc.oneof(
    fc.record({ key, value: fc.integer() }),
    key.map((dropped) => ({ key: dropped, value: null })),
  ),
  { maxLength: 200 },
)

/** Everything that can be asked of it. */
const seen = (map: Pick<OrderedMap<number>, 'size' | 'has' | 'get'> & Iterable<readonly [string, number]>) => ({
  size: map.size,
  entries: [...map],
  found: Array.from({ length: 42 }, (_, place) => (place < 40 ? `key ${place}` : place === 40 ? one : other)).map(
    (asked) => [map.has(asked), map.get(asked)],
  ),
})

describe('an immutable ordered map', () => {
  it('equals a Map, in the same order, after any changes', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const model = new Map<string, number>()
        let map = orderedMap<number>()
        for (const change of all) {
          if (change.value === null) model.delete(change.key)
          else model.set(change.key, change.value)
          map = change.value === null ? map.without(change.key) : map.with(change.key, change.value)
          expect(seen(map)).to.deep.equal(seen(model))
        }
      }),
    )
  })

  it('is not changed when others are derived from it', () => {
    fc.assert(
      fc.property(changes, changes, (before, after) => {
        const make = (start: OrderedMap<number>, list: typeof before) =>
          list.reduce((map, { key: at, value }) => (value === null ? map.without(at) : map.with(at, value)), start)
        const map = make(orderedMap(), before)
        const then = seen(map)
        make(map, after)
        expect(seen(map)).to.deep.equal(then)
      }),
    )
  })

  it('is created from entries in their order, with the last of each key', () => {
    const entries = [
      ['b', 1],
      ['a', 2],
      ['b', 3],
    ] as const
    expect([...orderedMap(entries)]).to.deep.equal([...new Map<string, number>(entries)])
  })
})
