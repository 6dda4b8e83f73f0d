import type { ClientBase, Pool } from 'pg'
import type { Position } from '../../eventstore/event-log.js'
import type { Progress } from '../../followers/progress.js'
import { inSnapshot } from '../../postgres/transaction.js'
import { anchorsBetween, type Anchor } from '../anchors/anchor-table.js'
import { FIRST_HASH } from '../chain/chain-entry.js'
import { readChainHead } from '../chain/chain-head.js'
import { entriesAfter, hashesOf } from '../chain/entry-table.js'
import type { Checkpoint } from '../checkpoints/checkpoint.js'
import {
  anchoredCheckpointCovering,
  checkpointCovering,
  checkpointsBefore,
  lastCheckpoint,
} from '../checkpoints/checkpoint-table.js'
import type { PublicSigningKey } from '../checkpoints/signing-keys.js'
import { exportChain } from '../export/export-chain.js'
import { consistencyPath, headsOf, inclusionPath, subtreesOf, type LeafRange } from '../merkle/proofs.js'
import { headOf, peakIds } from '../merkle/subtrees.js'
import { readSubtrees } from '../merkle/tree-table.js'
import type { Consistency, Receipt, ReceiptEntry } from './receipt.js'

export interface SignedCheckpoint extends Checkpoint {
  anchors: Omit<Anchor, 'ordinal'>[]
}

/** What auditors, and users for their messages, get to check the chain by themselves. */
export interface AuditProofs {
  readonly keys: readonly PublicSigningKey[]
  /** Newest first, those before an entry. */
  checkpoints(before: number, limit: number): Promise<SignedCheckpoint[]>
  /** `unsigned`: no checkpoint covers it yet. */
  receipt(ordinal: number): Promise<Receipt | 'absent' | 'unsigned'>
  /** Null where the chain has not so many entries, or `from` is greater than `to`. */
  consistency(from: number, to: number): Promise<Consistency | null>
  /** Up to the last checkpoint; null where there is none yet. */
  export(): Promise<AsyncIterable<object> | null>
  /** Of events, by ordinal. Waits a moment for the chain; an event that it does not have even then is left out. */
  hashesOf(events: readonly EventPlace[]): Promise<ReadonlyMap<number, string>>
}

interface EventPlace {
  ordinal: number
  position: Position
}

export interface AuditProofsDeps {
  pool: Pool
  keys: readonly PublicSigningKey[]
  /** Of the chain. */
  progress: Progress
}

const MAX_WAIT_MS = 2_000

export const createAuditProofs = ({ pool, keys, progress }: AuditProofsDeps): AuditProofs => ({
  keys,
  async checkpoints(before, limit) {
    const found = await checkpointsBefore(pool, before, limit)
    const anchors = await anchorsBetween(pool, (found.at(-1)?.ordinal ?? 1) - 1, found[0]?.ordinal ?? 0)
    return found.map((checkpoint) => ({ ...checkpoint, anchors: anchorsOf(checkpoint, anchors) }))
  },
  receipt: (ordinal) => inSnapshot(pool, (tx) => readReceipt(tx, ordinal)),
  consistency: (from, to) => inSnapshot(pool, (tx) => readConsistency(tx, from, to)),
  async export() {
    const last = await lastCheckpoint(pool)
    return last === null ? null : exportChain(pool, last.ordinal)
  },
  async hashesOf(events) {
    const ordinals = events.map(({ ordinal }) => ordinal)
    const known = await hashesOf(pool, ordinals)
    const last = events.find(({ ordinal }) => ordinal === Math.max(...ordinals))
    if (last === undefined || known.size === ordinals.length) return known
    await progress.reached(last.position, { timeoutMs: MAX_WAIT_MS })
    return hashesOf(pool, ordinals)
  },
})

async function readReceipt(tx: ClientBase, ordinal: number): Promise<Receipt | 'absent' | 'unsigned'> {
  const entry = await readEntry(tx, ordinal)
  if (entry === null) return 'absent'
  const checkpoint = (await anchoredCheckpointCovering(tx, ordinal)) ?? (await checkpointCovering(tx, ordinal))
  if (checkpoint === null) return 'unsigned'
  const { ordinal: size } = checkpoint
  const path = await readHeads(tx, inclusionPath(ordinal, size))
  const anchors = await anchorsBetween(tx, size - 1, size)
  return { entry, proof: { leaf: ordinal, size, path }, checkpoint, anchors: anchorsOf(checkpoint, anchors) }
}

async function readEntry(tx: ClientBase, ordinal: number): Promise<ReceiptEntry | null> {
  const rows = await entriesAfter(tx, ordinal - 2, 2)
  const row = rows.find((one) => one.ordinal === ordinal)
  if (row === undefined) return null
  const { stream, version, id, type, at, dataDigest, metadataDigest } = row
  const previousHash = ordinal === 1 ? FIRST_HASH : (rows[0]?.hash ?? '')
  return { previousHash, ordinal, stream, version, id, type, at, dataDigest, metadataDigest }
}

async function readConsistency(tx: ClientBase, from: number, to: number): Promise<Consistency | null> {
  const { ordinal } = await readChainHead(tx)
  if (from > to || to > ordinal) return null
  const treeOf = async (size: number) => ({ size, treeHead: headOf(await readSubtrees(tx, peakIds(size))) })
  return { from: await treeOf(from), to: await treeOf(to), path: await readHeads(tx, consistencyPath(from, to)) }
}

const readHeads = async (tx: ClientBase, ranges: readonly LeafRange[]): Promise<string[]> =>
  headsOf(ranges, await readSubtrees(tx, ranges.flatMap(subtreesOf)))

const anchorsOf = ({ ordinal }: Checkpoint, anchors: readonly Anchor[]): Omit<Anchor, 'ordinal'>[] =>
  anchors.flatMap(({ ordinal: covered, ...anchor }) => (covered === ordinal ? [anchor] : []))
