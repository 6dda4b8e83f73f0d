import { expect } from 'chai'
import fc from 'fast-check'
import { maySee, visibleRanges, type Membership, type VisibilitySetting } from '../../src/domain/visibility.js'

const sinceJoined: VisibilitySetting[] = [{ fromVersion: 1, visibility: 'since-joined' }]
const full: VisibilitySetting[] = [{ fromVersion: 1, visibility: 'full' }]

describe('the visible range of a chat', () => {
  it('starts with the join, and is open while the user is a member', () => {
    expect(visibleRanges([{ fromVersion: 5, toVersion: null }], sinceJoined)).to.deep.equal([[5, Infinity]])
  })

  it('is everything, where the history is open', () => {
    expect(visibleRanges([{ fromVersion: 5, toVersion: null }], full)).to.deep.equal([[1, Infinity]])
  })

  it('is nothing for a user who is not a member, even where the history is open', () => {
    expect(visibleRanges([], full)).to.deep.equal([])
    expect(visibleRanges([{ fromVersion: 2, toVersion: 9 }], full)).to.deep.equal([])
  })

  it('has both memberships of a user who joined again, and nothing between', () => {
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

  it('includes what was sent while the history was open', () => {
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

  it('includes both ends of a membership', () => {
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
  it('contain exactly the versions that the rule allows', () => {
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

  it('are ascending and separate, in whatever order the memberships are given', () => {
    fc.assert(
      fc.property(memberships, settings, (spans, history) => {
        const ranges = visibleRanges(spans, history)
        for (const [from, to] of ranges) expect(from).to.be.at.most(to)
        ranges.slice(1).forEach(([from], index) => expect(from).to.be.greaterThan(ranges[index]![1] + 1))
        expect(visibleRanges(spans.toReversed(), history)).to.deep.equal(ranges)
      }),
    )
  })

  it('are empty for outsiders, and open for members', () => {
    fc.assert(
      fc.property(memberships, settings, (spans, history) => {
        const isIn = spans.at(-1)?.toVersion === null
        expect(visibleRanges(spans, history).at(-1)?.[1]).to.equal(isIn ? Infinity : undefined)
      }),
    )
  })
})
