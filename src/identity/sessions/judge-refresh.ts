/** A refresh token expires when unused for this long. */
export const MAX_UNUSED_MS = 30 * 86_400_000

/** A session expires after this, however often it was refreshed. */
export const MAX_SESSION_MS = 90 * 86_400_000

/** The clock may have been set back since, so this holds in both directions. How long a client whose answer was lost, or its other tab, gets the same successor again. */
export const REPEAT_MS = 60_000

export interface PresentedToken {
  createdAt: Date
  usedAt: Date | null
}

export interface RefreshedSession {
  createdAt: Date
  revokedAt: Date | null
}

/**
 * - `rotate`: the first use; a successor is issued.
 * - `repeat`: it was used within `REPEAT_MS` with the same client key, and its successor is unused: the same successor again.
 * - `reuse`: it was used before. One of the two uses may be a thief's, so the session must be revoked.
 * - `expired`: the session has ended, or the token has expired.
 */
export type RefreshVerdict = 'rotate' | 'repeat' | 'reuse' | 'expired'

/** `hasUnusedSuccessor`: for the client key of this call. */
export function judgeRefresh(
  token: PresentedToken,
  session: RefreshedSession,
  hasUnusedSuccessor: boolean,
  now: Date,
): RefreshVerdict {
  if (session.revokedAt !== null || age(session.createdAt, now) >= MAX_SESSION_MS) return 'expired'
  if (token.usedAt === null) return age(token.createdAt, now) >= MAX_UNUSED_MS ? 'expired' : 'rotate'
  return hasUnusedSuccessor && Math.abs(age(token.usedAt, now)) <= REPEAT_MS ? 'repeat' : 'reuse'
}

const age = (since: Date, now: Date): number => now.getTime() - since.getTime()
