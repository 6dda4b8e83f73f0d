import type { ClientInfo, RequestInfo } from '../../domain/client-info.js'
import type { Actor } from './session-event-outbox.js'
import { createRefresh, type Refresh } from './refresh.js'
import { hashOf, newSecretToken } from '../secret-token.js'
import type { Grant, SessionDeps } from './session-deps.js'
import { listSessions, type SessionPage, type SessionsPaged } from './session-list.js'
import { isUsable, usableValues, markRevoked, type Revocation } from './session-end.js'
import { inTransaction } from '../../postgres/transaction.js'

/** Sessions are rows; the session event outbox appends their beginning and end to the log. */
export interface Sessions {
  /** Null if the password was changed since it was checked, or the account is deactivated. */
  open(login: { userId: string; passwordChanges: number }, request: RequestInfo): Promise<Grant | null>
  refresh: Refresh
  /** Sessions that can still be refreshed, most recently used first. */
  list(userId: string, currentId: string | null, page: SessionPage): Promise<SessionsPaged>
  /** Ends sessions, in the rows and in the log; ended ones are left as they are. */
  revoke(revocation: Revocation, actor: Actor): Promise<void>
  /** The user of a session, active or ended; null if it is unknown. */
  ownerOf(sessionId: string): Promise<string | null>
  /** The session of a refresh token, used or not; null if it is unknown. */
  ofRefreshToken(refreshToken: string): Promise<{ userId: string; sessionId: string } | null>
  /** Whether the session can still be refreshed, by its row. */
  isOpen(sessionId: string): Promise<boolean>
}

export function createSessions(deps: SessionDeps): Sessions {
  const { pool, tokens, outbox, accountStatusOf, newId, clock } = deps

  /** False if the password was changed meanwhile. The lock makes a concurrent change wait, and then revoke this session too. */
  const insert = (
    id: string,
    refreshToken: string,
    login: Parameters<Sessions['open']>[0],
    client: ClientInfo,
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
        [id, login.userId, now, client.ip, client.userAgent],
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
    async open(login, request) {
      const { userId } = login
      const [sessionId, refreshToken, authTime] = [newId(), newSecretToken(), clock()]
      const { roles, generation, isActive } = await accountStatusOf(userId)
      if (!isActive || !(await insert(sessionId, refreshToken, login, request, authTime))) return null
      await outbox.publish(userId, { ...request, sessionId })
      const { token: accessToken, expiresAt } = tokens.issue({ userId, sessionId, roles, generation, authTime })
      return { userId, sessionId, accessToken, expiresAt, refreshToken }
    },

    refresh: createRefresh({ ...deps, ofRefreshToken }),

    list: (userId, currentId, page) => listSessions(pool, userId, currentId, page, clock()),

    async revoke(revocation, actor) {
      await markRevoked(pool, revocation, clock())
      await outbox.publish(revocation.userId, actor)
    },

    async ownerOf(sessionId) {
      const { rows } = await pool.query<{ user_id: string }>('select user_id from sessions where id = $1', [sessionId])
      return rows[0]?.user_id ?? null
    },

    ofRefreshToken,

    async isOpen(sessionId) {
      const { rowCount } = await pool.query(`select from sessions where id = $1 and ${isUsable(2)}`, [
        sessionId,
        ...usableValues(clock()),
      ])
      return rowCount === 1
    },
  }
}
