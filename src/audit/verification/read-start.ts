import type { Pool } from 'pg'
import type { Position } from '../../eventstore/event-log.js'
import { inSnapshot } from '../../postgres/transaction.js'
import { readCheckpoint } from '../../projections/engine/checkpoint.js'
import { CHAIN } from '../chain/chain-follower.js'
import { readChainHead } from '../chain/chain-head.js'
import { lastCheckpoint } from '../checkpoints/checkpoint-table.js'

/** What a verification is to find, fixed before it begins. */
export interface Start {
  /** Entries in the chain. */
  total: number
  /** The last one that was signed. */
  signed: number
  /** Up to where the log is entered in the chain; null before anything is. */
  position: Position | null
}

export const readStart = (pool: Pool): Promise<Start> =>
  inSnapshot(pool, async (tx) => ({
    total: (await readChainHead(tx)).ordinal,
    signed: (await lastCheckpoint(tx))?.ordinal ?? 0,
    position: (await readCheckpoint(tx, CHAIN))?.position ?? null,
  }))
