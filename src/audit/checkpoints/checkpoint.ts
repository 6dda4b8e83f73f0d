import type { Signature } from './signing-keys.js'

/** What is signed: the chain and the tree as they were at an entry. */
export interface Heads {
  /** Of the last entry covered: the number of leaves of the tree. */
  ordinal: number
  /** Of that entry, in hex. */
  hash: string
  /** In hex. */
  treeHead: string
  /** When it was signed: ISO-8601, UTC, with milliseconds. */
  at: string
}

export interface Checkpoint extends Heads, Signature {}

/** The text that is signed, and of which a time-stamp authority gets the SHA-256 digest: JSON without spaces. */
export const checkpointText = ({ ordinal, hash, treeHead, at }: Heads): string =>
  JSON.stringify(['parley/audit-checkpoint/1', ordinal, hash, treeHead, at])
