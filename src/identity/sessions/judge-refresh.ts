/** A refresh token that is not used for so long is over. */
export const MAX_UNUSED_MS = 30 * 86_400_000

/** A session is over then, however often it was refreshed. */
export const MAX_SESSION_MS = 90 * 86_400_000

/** For so long a client whose answer was lost, or its other tab, gets the same successor again. */
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
 * - `rotate`: it is used now, for the first time.
 * - `repeat`: it was used just now with the same client key, and its successor was not: the same successor again.
 * - `reuse`: it was used before. Either this or the first use was a thief's, so the session must end.
 * - `over`: nothing comes of it.
 */
export type RefreshVerdict = 'rotate' | 'repeat' | 'reuse' | 'over'

/** `hasUnusedSuccessor`: under the client key that came with it now. */
export function judgeRefresh(
  token: PresentedToken,
  session: RefreshedSession,
  hasUnusedSuccessor: boolean,
  now: Date,
): RefreshVerdict {
  if (session.revokedAt !== null || age(session.createdAt, now) >= MAX_SESSION_MS) return 'over'
  if (token.usedAt === null) return age(token.createdAt, now) >= MAX_UNUSED_MS ? 'over' : 'rotate'
  return hasUnusedSuccessor && age(token.usedAt, now) <= REPEAT_MS ? 'repeat' : 'reuse'
}

const age = (since: Date, now: Date): number => now.getTime() - since.getTime()
