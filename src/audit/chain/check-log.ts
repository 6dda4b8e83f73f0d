import type { Pool } from 'pg'
import type { EventLog } from '../../eventstore/event-log.js'
import { readCheckpoint } from '../../projections/engine/checkpoint.js'
import { CHAIN } from './chain-follower.js'

/** The event log has the right id, but is not the one that the audit chain follows. */
export class LogMismatchError extends Error {
  override readonly name = 'LogMismatchError'
  constructor(ordinal: number) {
    super(
      `the event log is not the one that the audit chain follows: its event ${ordinal} is missing, or elsewhere in the log. It may be an unfinished copy: run "parley log copy" to its end, or name the original`,
    )
  }
}

/**
 * An unfinished copy has the id of its original, but its positions mean other events. So the event that was entered last must be where it
 * was then.
 * @throws LogMismatchError
 */
export async function checkLog(pool: Pool, log: Pick<EventLog, 'readStream'>): Promise<void> {
  const { rows } = await pool.query<{ ordinal: string; stream: string; version: number }>(
    'select ordinal, stream, version from public.audit_chain order by ordinal desc limit 1',
  )
  const [last] = rows
  const checkpoint = await readCheckpoint(pool, CHAIN)
  if (last === undefined || checkpoint === null) return
  const [event] = await log.readStream(last.stream, { after: last.version - 1, limit: 1 })
  if (event?.position !== checkpoint.position) throw new LogMismatchError(Number(last.ordinal))
}
