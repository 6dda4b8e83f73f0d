import type { Actor, ClientInfo } from './session-event-outbox.js'
import { createRefresh, type Refresh } from './refresh.js'
import { hashOf, newSecretToken } from '../secret-token.js'
import type { Grant, SessionDeps } from './session-deps.js'
import { isLive, liveValues, markRevoked, type Revocation } from './session-end.js'
import { inTransaction } from '../../postgres/transaction.js'

export interface SessionView {
  id: string
  createdAt: string
  lastUsedAt: string
  ip: string
  userAgent: string
  current: boolean
}

/** A session is a row, and the log tells of its beginning and its end; after a crash `CatchUp` makes them agree again. */
export interface Sessions {
  /** Null where the password was changed since it was checked, or the account is closed. */
  open(login: { userId: string; passwordChanges: number }, from: ClientInfo): Promise<Grant | null>
  refresh: Refresh
  /** Those that can still be used, the last used first. */
  list(userId: string, currentId: string | null): Promise<SessionView[]>
  /** Ends them, in the rows and in the log; what is over already stays so. */
  revoke(revocation: Revocation, actor: Actor): Promise<void>
  /** Whose session it is, living or over; null for one that is not known (any more). */
  ownerOf(sessionId: string): Promise<string | null>
  /** Whose session the refresh token is of, used or not; null for an unknown one. */
  ofRefreshToken(refreshToken: string): Promise<{ userId: string; sessionId: string } | null>
  /** Whether it can still be used, as the rows know it at this moment. */
  isOpen(sessionId: string): Promise<boolean>
}

export function createSessions(deps: SessionDeps): Sessions {
  const { pool, tokens, catchUp, accountStatusOf, newId, clock } = deps

  /** False where the password was changed meanwhile. The lock makes a change that comes now wait, and then end this session too. */
  const insert = (
    id: string,
    refreshToken: string,
    login: Parameters<Sessions['open']>[0],
    from: ClientInfo,
    now: Date,
  ) =>
    inTransaction(pool, async (tx) => {
      const { rowCount } = await tx.query(
        'select from credentials where user_id = $1 and password_changes = $2 for share',
        [login.userId, login.passwordChanges],
      )
      if (rowCount === 0) return false
      await tx.query(
        `insert into sessions (id, user_id, created_at, last_used_at, authenticated_at, ip, user_agent)
         values ($1, $2, $3, $3, $3, $4, $5)`,
        [id, login.userId, now, from.ip, from.userAgent],
      )
      await tx.query('insert into refresh_tokens (hash, session_id, created_at) values ($1, $2, $3)', [
        hashOf(refreshToken),
        id,
        now,
      ])
      return true
    })

  const ofRefreshToken: Sessions['ofRefreshToken'] = async (refreshToken) => {
    const { rows } = await pool.query<{ userId: string; sessionId: string }>(
      `select s.user_id as "userId", s.id as "sessionId" from refresh_tokens t join sessions s on s.id = t.session_id
       where t.hash = $1`,
      [hashOf(refreshToken)],
    )
    return rows[0] ?? null
  }

  return {
    async open(login, from) {
      const { userId } = login
      const [sessionId, refreshToken, authTime] = [newId(), newSecretToken(), clock()]
      const { roles, generation, isActive } = await accountStatusOf(userId)
      if (!isActive || !(await insert(sessionId, refreshToken, login, from, authTime))) return null
      await catchUp.person(userId, { ...from, sessionId })
      const { token: accessToken, expiresAt } = tokens.issue({ userId, sessionId, roles, generation, authTime })
      return { userId, sessionId, accessToken, expiresAt, refreshToken }
    },

    refresh: createRefresh({ ...deps, ofRefreshToken }),

    async list(userId, currentId) {
      const { rows } = await pool.query<{
        id: string
        created_at: Date
        last_used_at: Date
        ip: string
        agent: string
      }>(
        `select id, created_at, last_used_at, coalesce(ip, '') as ip, coalesce(user_agent, '') as agent
         from sessions where user_id = $1 and ${isLive(2)} order by last_used_at desc, id`,
        [userId, ...liveValues(clock())],
      )
      return rows.map(({ id, created_at, last_used_at, ip, agent }) => ({
        id,
        createdAt: created_at.toISOString(),
        lastUsedAt: last_used_at.toISOString(),
        ip,
        userAgent: agent,
        current: id === currentId,
      }))
    },

    async revoke(revocation, actor) {
      await markRevoked(pool, revocation, clock())
      await catchUp.person(revocation.userId, actor)
    },

    async ownerOf(sessionId) {
      const { rows } = await pool.query<{ user_id: string }>('select user_id from sessions where id = $1', [sessionId])
      return rows[0]?.user_id ?? null
    },

    ofRefreshToken,

    async isOpen(sessionId) {
      const { rowCount } = await pool.query(`select from sessions where id = $1 and ${isLive(2)}`, [
        sessionId,
        ...liveValues(clock()),
      ])
      return rowCount === 1
    },
  }
}
