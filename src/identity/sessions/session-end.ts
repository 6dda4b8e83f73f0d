import type { ClientBase } from 'pg'
import type { RevocationReason } from '../../domain/user/events.js'
import { MAX_SESSION_MS, MAX_UNUSED_MS } from './judge-refresh.js'

/** Which of a person's sessions. */
export type Which = { only: string } | { except: string | null }

export interface Revocation {
  userId: string
  which: Which
  reason: RevocationReason
  /** Who ends them; mostly the person. */
  by: string
}

/**
 * Ends sessions in the rows, and forgets whence they came. From here on they are over; `CatchUp` tells the log. Those that are over
 * already stay as they are. Gives how many it ended.
 */
export async function markRevoked(tx: Pick<ClientBase, 'query'>, revocation: Revocation, now: Date): Promise<number> {
  const { userId, which, reason, by } = revocation
  const id = 'only' in which ? which.only : which.except
  const { rowCount } = await tx.query(
    `update sessions set revoked_at = $3, revoked_reason = $4, revoked_by = $5, ip = null, user_agent = null
     where id in (select id from sessions where user_id = $1 and revoked_at is null
                    and ${'only' in which ? 'id = $2' : 'id is distinct from $2::uuid'}
                  order by id for update)`,
    [userId, id, now, reason, by],
  )
  return rowCount ?? 0
}

/** The sessions that can still be refreshed, as a condition on `sessions`; takes the values of `liveValues` from `$<first>` on. */
export const isLive = (first: number): string =>
  `revoked_at is null and created_at > $${first} and last_used_at > $${first + 1}`

export const liveValues = (now: Date): Date[] => [ago(now, MAX_SESSION_MS), ago(now, MAX_UNUSED_MS)]

export const ago = (now: Date, ms: number): Date => new Date(now.getTime() - ms)
