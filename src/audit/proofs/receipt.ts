import type { ChainEntry } from '../chain/chain-entry.js'
import type { Checkpoint } from '../checkpoints/checkpoint.js'
import type { Anchor } from '../anchors/anchor-table.js'

/** Everything that is hashed to the entry's hash: its previous hash and fields. */
export interface ReceiptEntry extends ChainEntry {
  previousHash: string
}

/** Proves that an event stood in the log when a checkpoint was signed; nothing of its content. Checked without Parley. */
export interface Receipt {
  entry: ReceiptEntry
  /** RFC 9162: leads from the hash of the entry to the tree head of the checkpoint. Hashes in hex, lowest first. */
  proof: { leaf: number; size: number; path: string[] }
  checkpoint: Checkpoint
  /** Where that checkpoint is stored outside. */
  anchors: Omit<Anchor, 'ordinal'>[]
}

/** RFC 9162: proves that the tree of `to` leaves begins with that of `from`. */
export interface Consistency {
  from: { size: number; treeHead: string }
  to: { size: number; treeHead: string }
  path: string[]
}
