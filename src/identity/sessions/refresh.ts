import type { ClientBase } from 'pg'
import type { RequestInfo } from '../../domain/client-info.js'
import { judgeRefresh, type PresentedToken, type RefreshedSession, type RefreshVerdict } from './judge-refresh.js'
import { hashOf, newSecretToken, successorOf } from '../secret-token.js'
import { markRevoked } from './session-end.js'
import type { Grant, SessionDeps } from './session-deps.js'
import { inTransaction } from '../../postgres/transaction.js'

/**
 * Exchanges a refresh token for its successor and a new access token. Of concurrent calls one wins; presenting a used token revokes its
 * session. With the same `clientKey` within 60 s, while the successor is unused, the same successor is returned (`repeated`).
 */
export type Refresh = (
  refreshToken: string,
  clientKey: string | null,
  request: RequestInfo,
) => Promise<(Grant & { repeated: boolean }) | { code: 'invalid-refresh-token' }>

interface RefreshDeps extends SessionDeps {
  ofRefreshToken: (refreshToken: string) => Promise<{ userId: string; sessionId: string } | null>
}

interface Locked extends RefreshedSession {
  authenticatedAt: Date
}

interface Outcome {
  verdict: RefreshVerdict
  /** Empty unless the verdict is `rotate` or `repeat`. */
  successor: string
  authenticatedAt: Date
}

const REFUSED = { code: 'invalid-refresh-token' } as const

export function createRefresh(deps: RefreshDeps): Refresh {
  const { pool, tokens, outbox, accountStatusOf, successorSecrets, onReuse, clock, ofRefreshToken } = deps

  /** Locks the session, so that its tokens are used one at a time, on all nodes. */
  const use = (sessionId: string, userId: string, token: string, key: string | null, request: RequestInfo) =>
    inTransaction(pool, async (tx): Promise<Outcome | null> => {
      const session = await lockSession(tx, sessionId)
      const presented = session && (await readToken(tx, token))
      if (!session || !presented) return null
      const now = clock()
      const derived = key === null ? [] : successorSecrets.map((secret) => successorOf(token, key, secret))
      const unused = presented.usedAt === null ? null : await findUnused(tx, derived)
      const verdict = judgeRefresh(presented, session, unused !== null, now)
      const { authenticatedAt } = session
      if (verdict === 'reuse') await markRevoked(tx, revocationOf(userId, sessionId), now)
      if (verdict !== 'rotate') return { verdict, successor: unused ?? '', authenticatedAt }

      const successor = derived[0] ?? newSecretToken()
      await tx.query('update refresh_tokens set used_at = $2 where hash = $1', [hashOf(token), now])
      await tx.query('insert into refresh_tokens (hash, session_id, created_at) values ($1, $2, $3)', [
        hashOf(successor),
        sessionId,
        now,
      ])
      await tx.query('update sessions set last_used_at = $2, ip = $3, user_agent = $4 where id = $1', [
        sessionId,
        now,
        request.ip,
        request.userAgent,
      ])
      return { verdict, successor, authenticatedAt }
    })

  return async (refreshToken, clientKey, request) => {
    const known = await ofRefreshToken(refreshToken)
    if (known === null) return REFUSED
    const { userId, sessionId } = known
    const { roles, generation, isActive } = await accountStatusOf(userId)
    if (!isActive) return REFUSED
    const outcome = await use(sessionId, userId, refreshToken, clientKey, request)
    if (outcome === null || outcome.verdict === 'expired') return REFUSED
    if (outcome.verdict === 'reuse') {
      onReuse(userId, request)
      await outbox.publish(userId, { ...request, sessionId: null })
      return REFUSED
    }
    const { successor, authenticatedAt: authTime, verdict } = outcome
    const { token: accessToken, expiresAt } = tokens.issue({ userId, sessionId, roles, generation, authTime })
    return { userId, sessionId, accessToken, expiresAt, refreshToken: successor, repeated: verdict === 'repeat' }
  }
}

const revocationOf = (userId: string, sessionId: string) =>
  ({ userId, which: { only: sessionId }, reason: 'refresh-reuse', by: userId }) as const

async function lockSession(tx: ClientBase, sessionId: string): Promise<Locked | null> {
  const { rows } = await tx.query<Locked>(
    `select created_at as "createdAt", revoked_at as "revokedAt", authenticated_at as "authenticatedAt"
     from sessions where id = $1 for update`,
    [sessionId],
  )
  return rows[0] ?? null
}

async function readToken(tx: ClientBase, token: string): Promise<PresentedToken | null> {
  const { rows } = await tx.query<PresentedToken>(
    'select created_at as "createdAt", used_at as "usedAt" from refresh_tokens where hash = $1',
    [hashOf(token)],
  )
  return rows[0] ?? null
}

async function findUnused(tx: ClientBase, tokens: readonly string[]): Promise<string | null> {
  const { rows } = await tx.query<{ hash: Buffer }>(
    'select hash from refresh_tokens where hash = any($1) and used_at is null',
    [tokens.map(hashOf)],
  )
  return tokens.find((token) => rows.some(({ hash }) => hash.equals(hashOf(token)))) ?? null
}
