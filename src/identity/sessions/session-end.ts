import type { ClientBase } from 'pg'
import type { RevocationReason } from '../../domain/user/events.js'
import { MAX_SESSION_MS, MAX_UNUSED_MS } from './judge-refresh.js'

/** One session of a user, or all but one; `except: null` is all. */
export type SessionSelection = { only: string } | { except: string | null }

export interface Revocation {
  userId: string
  which: SessionSelection
  reason: RevocationReason
  /** Who ends them; usually the user. */
  by: string
}

/**
 * Marks sessions as revoked and clears their client info; the session event outbox then appends the events. Ended sessions are left as
 * they are. Returns how many were revoked.
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

/** SQL condition on `sessions`: it can still be refreshed. Its parameters are `usableValues`, numbered from `$<first>`. */
export const isUsable = (first: number): string =>
  `revoked_at is null and created_at > $${first} and last_used_at > $${first + 1}`

export const usableValues = (now: Date): Date[] => [ago(now, MAX_SESSION_MS), ago(now, MAX_UNUSED_MS)]

export const ago = (now: Date, ms: number): Date => new Date(now.getTime() - ms)
