import { createHash } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  consistencyPath,
  headByInclusion,
  headsOf,
  inclusionPath,
  isConsistent,
  subtreesOf,
  type LeafRange,
} from '../../../src/audit/merkle/proofs.js'
import { addLeaf, headOf, peakIds, type Subtree, type SubtreeId } from '../../../src/audit/merkle/subtrees.js'

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
const leafHash = (data: string): Buffer => sha256(Buffer.concat([Buffer.from([0]), Buffer.from(data)]))
const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.concat([Buffer.from([1]), left, right]))

const splitAt = (size: number): number => {
  let k = 1
  while (k * 2 < size) k *= 2
  return k
}

/** MTH, PATH and SUBPROOF, word for word as RFC 9162 defines them. */
function mth(data: readonly string[]): Buffer {
  if (data.length === 0) return sha256(Buffer.alloc(0))
  if (data.length === 1) return leafHash(data[0]!)
  const k = splitAt(data.length)
  return nodeHash(mth(data.slice(0, k)), mth(data.slice(k)))
}

function path(m: number, data: readonly string[]): Buffer[] {
  if (data.length === 1) return []
  const k = splitAt(data.length)
  return m < k
    ? [...path(m, data.slice(0, k)), mth(data.slice(k))]
    : [...path(m - k, data.slice(k)), mth(data.slice(0, k))]
}

function subproof(m: number, data: readonly string[], isWhole: boolean): Buffer[] {
  if (m === data.length) return isWhole ? [] : [mth(data)]
  const k = splitAt(data.length)
  return m <= k
    ? [...subproof(m, data.slice(0, k), isWhole), mth(data.slice(k))]
    : [...subproof(m - k, data.slice(k), false), mth(data.slice(0, k))]
}

/** As the chain keeps it: leaf by leaf, with the nodes of complete subtrees. */
function build(data: readonly string[]) {
  const peaks: Subtree[] = []
  const stored = new Map<string, string>()
  const keyOf = ({ lastLeaf, level }: SubtreeId): string => `${lastLeaf} ${level}`
  for (const [index, datum] of data.entries()) {
    const leaf = { lastLeaf: index + 1, level: 0, hash: leafHash(datum).toString('hex') }
    for (const node of [leaf, ...addLeaf(peaks, leaf)]) stored.set(keyOf(node), node.hash)
  }
  const read = (id: SubtreeId): Subtree => {
    const hash = stored.get(keyOf(id))
    if (hash === undefined) throw new Error(`no subtree ${keyOf(id)}`)
    return { ...id, hash }
  }
  return {
    peaks,
    nodes: stored.size - data.length,
    head: (size: number) => headOf(peakIds(size).map(read)),
    heads: (ranges: LeafRange[]) => headsOf(ranges, ranges.flatMap(subtreesOf).map(read)),
  }
}

const leaves = fc.array(fc.string(), { minLength: 1, maxLength: 70 })
const flipped = (hash: string): string => (hash.startsWith('0') ? '1' : '0') + hash.slice(1)

describe('the Merkle tree', () => {
  it('has the head that RFC 9162 defines, for every number of its first leaves, with less than one node for each leaf', () => {
    expect(headOf([])).to.equal(mth([]).toString('hex'))
    fc.assert(
      fc.property(leaves, (data) => {
        const tree = build(data)
        expect(headOf(tree.peaks)).to.equal(mth(data).toString('hex'))
        expect(tree.nodes).to.be.lessThan(data.length)
        for (let size = 1; size <= data.length; size++)
          expect(tree.head(size)).to.equal(mth(data.slice(0, size)).toString('hex'))
      }),
      { numRuns: 30 },
    )
  })

  it('proves each leaf by the path that RFC 9162 defines, and no other leaf, place, size or path', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), (data, anyLeaf, anyPlace) => {
        const tree = build(data)
        const leaf = (anyLeaf % data.length) + 1
        const proof = tree.heads(inclusionPath(leaf, data.length))
        expect(proof).to.deep.equal(path(leaf - 1, data).map((hash) => hash.toString('hex')))
        const hash = leafHash(data[leaf - 1]!).toString('hex')
        const head = mth(data).toString('hex')
        const leadsTo = (...given: Parameters<typeof headByInclusion>) => headByInclusion(...given)
        expect(leadsTo(hash, leaf, data.length, proof)).to.equal(head)
        expect(leadsTo(flipped(hash), leaf, data.length, proof)).not.to.equal(head)
        expect(leadsTo(hash, leaf, data.length, [...proof, head])).to.equal(null)
        if (data.length === 1) return
        expect(leadsTo(hash, leaf, data.length, proof.slice(1))).not.to.equal(head)
        const altered = anyPlace % proof.length
        expect(leadsTo(hash, leaf, data.length, proof.with(altered, flipped(proof[altered]!)))).not.to.equal(head)
        const other = (leaf % data.length) + 1
        if (data[other - 1] !== data[leaf - 1]) expect(leadsTo(hash, other, data.length, proof)).not.to.equal(head)
      }),
      { numRuns: 100 },
    )
  })

  it('proves that it begins with each of its smaller trees as RFC 9162 defines, and with no other', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), (data, any, anyPlace) => {
        const tree = build(data)
        const size = (any % data.length) + 1
        const older = { size, head: mth(data.slice(0, size)).toString('hex') }
        const newer = { size: data.length, head: mth(data).toString('hex') }
        const proof = tree.heads(consistencyPath(size, data.length))
        expect(proof).to.deep.equal(subproof(size, data, true).map((hash) => hash.toString('hex')))
        expect(isConsistent(older, newer, proof)).to.equal(true)
        expect(isConsistent({ ...older, head: flipped(older.head) }, newer, proof)).to.equal(false)
        expect(isConsistent(older, { ...newer, head: flipped(newer.head) }, proof)).to.equal(false)
        expect(isConsistent(older, newer, [...proof, newer.head])).to.equal(false)
        if (proof.length === 0) return
        expect(isConsistent(older, newer, proof.slice(1))).to.equal(false)
        const altered = anyPlace % proof.length
        expect(isConsistent(older, newer, proof.with(altered, flipped(proof[altered]!)))).to.equal(false)
      }),
      { numRuns: 100 },
    )
  })
})
