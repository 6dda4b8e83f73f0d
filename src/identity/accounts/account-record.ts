import type { Pool } from 'pg'

/** What identity holds about a user, but for secrets. */
export interface AccountRecord {
  of(userId: string): Promise<{ account: object | null; sessions: object[]; bots: object[] }>
  /** When the password was last given in the session; null where the session is unknown. */
  authenticatedAt(sessionId: string): Promise<Date | null>
}

export const createAccountRecord = (pool: Pool): AccountRecord => ({
  async of(userId) {
    const accounts = await pool.query<object>(
      `select email, email_verified_at as "emailVerifiedAt", created_at as "createdAt" from credentials where user_id = $1`,
      [userId],
    )
    const sessions = await pool.query<object>(
      `select id, created_at as "createdAt", last_used_at as "lastUsedAt", ip, user_agent as "userAgent", revoked_at as "endedAt"
       from sessions where user_id = $1 order by created_at, id`,
      [userId],
    )
    const bots = await pool.query<object>(
      `select id, created_at as "createdAt" from bots where owner_id = $1 order by created_at, id`,
      [userId],
    )
    return { account: accounts.rows[0] ?? null, sessions: sessions.rows, bots: bots.rows }
  },
  async authenticatedAt(sessionId) {
    const { rows } = await pool.query<{ at: Date }>('select authenticated_at as at from sessions where id = $1', [
      sessionId,
    ])
    return rows[0]?.at ?? null
  },
})
