import type { ClientBase, Pool } from 'pg'
import { inTransaction } from '../../postgres/transaction.js'
import { readChainHead } from '../chain/chain-head.js'
import { entryAt } from '../chain/entry-table.js'
import { headOf, peakIds } from '../merkle/subtrees.js'
import { readSubtrees } from '../merkle/tree-table.js'
import { checkpointText, type Checkpoint } from './checkpoint.js'
import { insertCheckpoint, lastCheckpoint } from './checkpoint-table.js'
import type { SigningKeys } from './signing-keys.js'

/** The chain is no longer what was signed. */
export class ChainChangedError extends Error {
  override readonly name = 'ChainChangedError'
  constructor(ordinal: number) {
    super(`the audit chain differs from its checkpoint at entry ${ordinal}: run "parley audit verify"`)
  }
}

export interface SigningDeps {
  pool: Pool
  keys: SigningKeys
  clock: () => Date
  /** Nothing is signed so soon after the last checkpoint, whichever node signed it. */
  minIntervalMs: number
}

/**
 * Signs the chain as it is now, unless nothing was added to it since the last checkpoint. Gives the last checkpoint; null for none. One
 * node at a time does.
 * @throws ChainChangedError where it no longer is what the last checkpoint has
 */
export const signCheckpoint = ({ pool, keys, clock, minIntervalMs }: SigningDeps): Promise<Checkpoint | null> =>
  inTransaction(pool, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('parley/audit-checkpoint', 0))`)
    const last = await lastCheckpoint(tx)
    const now = clock()
    if (last !== null && Math.abs(now.getTime() - Date.parse(last.at)) < minIntervalMs) return last
    if (last !== null) await checkSigned(tx, last)
    const { ordinal, hash, peaks } = await readChainHead(tx)
    if (ordinal === (last?.ordinal ?? 0)) return last
    const heads = { ordinal, hash, treeHead: headOf(peaks), at: now.toISOString() }
    const checkpoint = { ...heads, ...keys.sign(checkpointText(heads)) }
    await insertCheckpoint(tx, checkpoint)
    return checkpoint
  })

async function checkSigned(tx: ClientBase, { ordinal, hash, treeHead }: Checkpoint): Promise<void> {
  const entry = await entryAt(tx, ordinal)
  const isSame = entry?.hash === hash && headOf(await readSubtrees(tx, peakIds(ordinal))) === treeHead
  if (!isSame) throw new ChainChangedError(ordinal)
}
