import type { ClientBase } from 'pg'
import type { Position } from '../../eventstore/event-log.js'
import { readCheckpoint } from '../../projections/engine/checkpoint.js'
import { CHAIN } from './chain-follower.js'

/** Up to where the log is entered in the chain; null before anything is. */
export const chainCheckpoint = async (tx: ClientBase): Promise<Position | null> =>
  (await readCheckpoint(tx, CHAIN))?.position ?? null
