import type { KeyObject } from 'node:crypto'
import type { Pool } from 'pg'
import type { CatchUp, ClientInfo } from './session-event-outbox.js'
import type { Tokens } from './tokens.js'

/** What a login or a refresh gives. */
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
  catchUp: CatchUp
  /** What the person may do beyond their own; one whose account is closed gets no token. */
  accountStatusOf: (userId: string) => Promise<{ roles: readonly string[]; generation: number; isActive: boolean }>
  /** Make successors of refresh tokens; the first is used, all are known. */
  successorSecrets: readonly KeyObject[]
  /** Told when a used refresh token came again, and its session was ended. */
  onReuse: (userId: string, from: ClientInfo) => void
  newId: () => string
  clock: () => Date
}
