import type { Pool } from 'pg'
import type { Checkpoint } from '../checkpoints/checkpoint.js'

/** The log was restored from a backup: what had been appended after this entry is no longer part of it. */
export interface Restore {
  /** The last entry that was restored. */
  ordinal: number
  /** When the log went on from there: ISO-8601, UTC. */
  at: string
}

/** The entry of `LogRestored` follows what was restored. */
export async function readRestores(pool: Pool): Promise<Restore[]> {
  const { rows } = await pool.query<{ ordinal: string; at: string }>(
    `select ordinal - 1 as ordinal, at from public.audit_chain
     where stream collate "C" = 'log' and type = 'LogRestored' order by ordinal`,
  )
  return rows.map(({ ordinal, at }) => ({ ordinal: Number(ordinal), at }))
}

/** Whether a restore gave up the entries that a checkpoint covers. */
export const isGivenUp = ({ ordinal, at }: Restore, checkpoint: Pick<Checkpoint, 'ordinal' | 'at'>): boolean =>
  checkpoint.ordinal > ordinal && checkpoint.at < at
