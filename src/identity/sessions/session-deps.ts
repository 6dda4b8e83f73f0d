import type { KeyObject } from 'node:crypto'
import type { Pool } from 'pg'
import type { ClientInfo } from '../../domain/client-info.js'
import type { SessionEventOutbox } from './session-event-outbox.js'
import type { Tokens } from './tokens.js'

/** The result of a login or a refresh. */
export interface Grant {
  userId: string
  sessionId: string
  accessToken: string
  expiresAt: Date
  refreshToken: string
}

export interface SessionDeps {
  pool: Pool
  tokens: Tokens
  outbox: SessionEventOutbox
  /** Roles of the user, and whether the account is active; otherwise it gets no token. */
  accountStatusOf: (userId: string) => Promise<{ roles: readonly string[]; generation: number; isActive: boolean }>
  /** Keys that derive successors of refresh tokens: the first for new ones, all for recognising them. */
  successorSecrets: readonly KeyObject[]
  /** Called when a used refresh token was presented again and its session was revoked. */
  onReuse: (userId: string, client: ClientInfo) => void
  newId: () => string
  clock: () => Date
}
