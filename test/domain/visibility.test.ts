import { expect } from 'chai'
import fc from 'fast-check'
import { maySee, visibleRanges, type Membership, type VisibilitySetting } from '../../src/domain/visibility.js'

const sinceJoined: VisibilitySetting[] = [{ fromVersion: 1, visibility: 'since-joined' }]
const full: VisibilitySetting[] = [{ fromVersion: 1, visibility: 'full' }]

describe('what someone may see of a chat', () => {
  it('since they joined, and to no end while they are in it', () => {
    expect(visibleRanges([{ fromVersion: 5, toVersion: null }], sinceJoined)).to.deep.equal([[5, Infinity]])
  })

  it('all of it, where the history is open to all', () => {
    expect(visibleRanges([{ fromVersion: 5, toVersion: null }], full)).to.deep.equal([[1, Infinity]])
  })

  it('nothing, for who never was in it or is outside now, even where the history is open', () => {
    expect(visibleRanges([], full)).to.deep.equal([])
    expect(visibleRanges([{ fromVersion: 2, toVersion: 9 }], full)).to.deep.equal([])
  })

  it('both spans of one who left and came back, and not what lies between', () => {
    const spans = [
      { fromVersion: 2, toVersion: 9 },
      { fromVersion: 15, toVersion: null },
    ]
    expect(visibleRanges(spans, sinceJoined)).to.deep.equal([
      [2, 9],
      [15, Infinity],
    ])
    expect(visibleRanges([spans[0]!, { fromVersion: 10, toVersion: null }], sinceJoined)).to.deep.equal([[2, Infinity]])
  })

  it('also what was said while the history was open, though it no longer is', () => {
    const settings: VisibilitySetting[] = [
      { fromVersion: 1, visibility: 'since-joined' },
      { fromVersion: 4, visibility: 'full' },
      { fromVersion: 8, visibility: 'since-joined' },
    ]
    expect(visibleRanges([{ fromVersion: 20, toVersion: null }], settings)).to.deep.equal([
      [4, 7],
      [20, Infinity],
    ])
  })

  it('both ends of a span belong to it', () => {
    const ranges = visibleRanges(
      [
        { fromVersion: 2, toVersion: 4 },
        { fromVersion: 6, toVersion: null },
      ],
      sinceJoined,
    )
    expect([1, 2, 4, 5, 6].map((version) => maySee(ranges, version))).to.deep.equal([false, true, true, false, true])
  })
})

const LAST = 30
const ascending = fc
  .uniqueArray(fc.integer({ min: 1, max: LAST }), { maxLength: 9 })
  .map((list) => list.sort((a, b) => a - b))

/** Spans one after the other; with an odd number of versions, the last one lasts. */
const memberships = ascending.map((versions) =>
  versions.flatMap((fromVersion, index): Membership[] =>
    index % 2 === 0 ? [{ fromVersion, toVersion: versions[index + 1] ?? null }] : [],
  ),
)

const settings = fc
  .tuple(ascending, fc.infiniteStream(fc.constantFrom('full' as const, 'since-joined' as const)))
  .map(([versions, visibilities]) =>
    [...new Set([1, ...versions])].map((fromVersion): VisibilitySetting => {
      const { value: visibility } = visibilities.next() as IteratorYieldResult<VisibilitySetting['visibility']>
      return { fromVersion, visibility }
    }),
  )

/** The rule as one says it, version by version. */
function naivelySeen(version: number, spans: Membership[], history: VisibilitySetting[]): boolean {
  if (!spans.some(({ toVersion }) => toVersion === null)) return false
  const setting = history.findLast(({ fromVersion }) => fromVersion <= version)
  const tookPart = spans.some((span) => span.fromVersion <= version && version <= (span.toVersion ?? Infinity))
  return tookPart || setting?.visibility === 'full'
}

describe('visible ranges, of any membership under any settings', () => {
  it('hold exactly the versions that the rule allows, one by one', () => {
    fc.assert(
      fc.property(memberships, settings, (spans, history) => {
        const ranges = visibleRanges(spans, history)
        for (let version = 0; version <= LAST + 2; version++) {
          const expected = version > 0 && naivelySeen(version, spans, history)
          expect(maySee(ranges, version), `version ${version}`).to.equal(expected)
        }
      }),
    )
  })

  it('ascend, neither touching nor overlapping, whatever order the spans come in', () => {
    fc.assert(
      fc.property(memberships, settings, (spans, history) => {
        const ranges = visibleRanges(spans, history)
        for (const [from, to] of ranges) expect(from).to.be.at.most(to)
        ranges.slice(1).forEach(([from], index) => expect(from).to.be.greaterThan(ranges[index]![1] + 1))
        expect(visibleRanges(spans.toReversed(), history)).to.deep.equal(ranges)
      }),
    )
  })

  it('are none for who is outside, and reach to no end for who is in', () => {
    fc.assert(
      fc.property(memberships, settings, (spans, history) => {
        const isIn = spans.at(-1)?.toVersion === null
        expect(visibleRanges(spans, history).at(-1)?.[1]).to.equal(isIn ? Infinity : undefined)
      }),
    )
  })
})
