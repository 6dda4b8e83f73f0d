import { headOf, hashNode, peakIds, type Subtree, type SubtreeId } from './subtrees.js'

/** The leaves after one and up to another, counted from 1. */
export interface LeafRange {
  after: number
  upTo: number
}

/** PATH of RFC 9162, section 2.1.3.1: the ranges whose heads prove that a tree of `size` leaves has the leaf, lowest first. */
export const inclusionPath = (leaf: number, size: number): LeafRange[] => pathWithin(leaf, { after: 0, upTo: size })

function pathWithin(leaf: number, range: LeafRange): LeafRange[] {
  if (range.upTo - range.after === 1) return []
  const [left, right] = split(range)
  return leaf <= left.upTo ? [...pathWithin(leaf, left), right] : [...pathWithin(leaf, right), left]
}

/** PROOF of RFC 9162, section 2.1.4.1: the ranges whose heads prove that a tree of `to` leaves begins with one of `from`. 0 < from <= to. */
export const consistencyPath = (from: number, to: number): LeafRange[] => subproof(from, { after: 0, upTo: to }, true)

/** `isKnown`: whether the range up to `from` is the whole older tree, whose head the verifier has. */
function subproof(from: number, range: LeafRange, isKnown: boolean): LeafRange[] {
  if (from === range.upTo) return isKnown ? [] : [range]
  const [left, right] = split(range)
  return from <= left.upTo ? [...subproof(from, left, isKnown), right] : [...subproof(from, right, false), left]
}

/** At the largest power of two below its size. */
function split({ after, upTo }: LeafRange): [left: LeafRange, right: LeafRange] {
  const middle = after + 2 ** Math.ceil(Math.log2(upTo - after) - 1)
  return [
    { after, upTo: middle },
    { after: middle, upTo },
  ]
}

/** The complete subtrees that make up a range of a path. */
export const subtreesOf = ({ after, upTo }: LeafRange): SubtreeId[] =>
  peakIds(upTo - after).map(({ lastLeaf, level }) => ({ lastLeaf: after + lastLeaf, level }))

/** The heads of ranges, from the subtrees of all of them in a row. */
export function headsOf(ranges: readonly LeafRange[], subtrees: readonly Subtree[]): string[] {
  let taken = 0
  return ranges.map((range) => {
    const { length } = subtreesOf(range)
    taken += length
    return headOf(subtrees.slice(taken - length, taken))
  })
}

/** RFC 9162, section 2.1.3.2. The tree head that the path leads to; null where it is not of the right length. */
export function headByInclusion(leafHash: string, leaf: number, size: number, path: readonly string[]): string | null {
  if (leaf < 1 || leaf > size) return null
  let [node, lastNode, head] = [leaf - 1, size - 1, leafHash]
  for (const sibling of path) {
    if (lastNode === 0) return null
    if (node % 2 === 1 || node === lastNode) {
      head = hashNode(sibling, head)
      while (node % 2 === 0 && node !== 0) [node, lastNode] = [half(node), half(lastNode)]
    } else head = hashNode(head, sibling)
    ;[node, lastNode] = [half(node), half(lastNode)]
  }
  return lastNode === 0 ? head : null
}

/** RFC 9162, section 2.1.4.2. Whether the newer tree begins with the leaves of the older one. */
export function isConsistent(
  older: { size: number; head: string },
  newer: { size: number; head: string },
  path: readonly string[],
): boolean {
  if (older.size === newer.size) return path.length === 0 && older.head === newer.head
  if (older.size < 1 || older.size > newer.size || path.length === 0) return false
  const [seed = '', ...rest] = Number.isInteger(Math.log2(older.size)) ? [older.head, ...path] : path
  let [node, lastNode] = [older.size - 1, newer.size - 1]
  while (node % 2 === 1) [node, lastNode] = [half(node), half(lastNode)]
  let [olderHead, newerHead] = [seed, seed]
  for (const sibling of rest) {
    if (lastNode === 0) return false
    if (node % 2 === 1 || node === lastNode) {
      olderHead = hashNode(sibling, olderHead)
      newerHead = hashNode(sibling, newerHead)
      while (node % 2 === 0 && node !== 0) [node, lastNode] = [half(node), half(lastNode)]
    } else newerHead = hashNode(newerHead, sibling)
    ;[node, lastNode] = [half(node), half(lastNode)]
  }
  return lastNode === 0 && olderHead === older.head && newerHead === newer.head
}

const half = (node: number): number => Math.floor(node / 2)
