import { hash } from 'node:crypto'

/**
 * The Merkle tree of RFC 9162, section 2.1. Leaves and nodes are SHA-256 hashes in hex. A complete subtree of 2^level leaves is identified
 * by its level and its last leaf, counted from 1: so the nodes that an entry completes are found by its ordinal.
 */
export interface SubtreeId {
  lastLeaf: number
  level: number
}

export interface Subtree extends SubtreeId {
  hash: string
}

/** The head of a tree without leaves. */
export const EMPTY_HEAD = hash('sha256', '', 'hex')

export const hashNode = (left: string, right: string): string =>
  hash('sha256', Buffer.from(`01${left}${right}`, 'hex'), 'hex')

/** The complete subtrees that together hold the first `size` leaves, largest first: one for each 1 in its binary form. */
export function peakIds(size: number): SubtreeId[] {
  const ids: SubtreeId[] = []
  for (let lastLeaf = 0; lastLeaf < size;) {
    const level = Math.floor(Math.log2(size - lastLeaf))
    lastLeaf += 2 ** level
    ids.push({ lastLeaf, level })
  }
  return ids
}

/** Adds a leaf to the peaks, in place; gives the nodes above leaves that it completes, lowest first. */
export function addLeaf(peaks: Subtree[], leaf: Subtree): Subtree[] {
  const completed: Subtree[] = []
  let last = leaf
  for (let peak = peaks.at(-1); peak?.level === last.level; peak = peaks.at(-1)) {
    peaks.pop()
    last = { lastLeaf: last.lastLeaf, level: last.level + 1, hash: hashNode(peak.hash, last.hash) }
    completed.push(last)
  }
  peaks.push(last)
  return completed
}

/** The tree head: that of the smaller peaks joins the larger ones from the right. */
export const headOf = (peaks: readonly Subtree[]): string =>
  peaks.length === 0 ? EMPTY_HEAD : peaks.map((peak) => peak.hash).reduceRight((right, left) => hashNode(left, right))
