import type { Pool } from 'pg'
import { inTransaction } from '../../postgres/transaction.js'
import type { BotTokens } from '../bots/bot-tokens.js'
import { markRevoked } from '../sessions/session-end.js'
import type { SessionEventOutbox } from '../sessions/session-event-outbox.js'

/** What an erasure does to what identity holds of a user; both may be repeated. */
export interface AccountErasure {
  /** Ends all sessions, and the tokens of the user's bots. */
  endAccess(userId: string): Promise<void>
  /** With address, password, sessions, mailed links and bots. Another user may register with the address from then on. */
  deleteCredentials(userId: string): Promise<void>
}

export interface AccountErasureDeps {
  pool: Pool
  outbox: SessionEventOutbox
  botTokens: Pick<BotTokens, 'endAll'>
  clock: () => Date
}

export const createAccountErasure = ({ pool, outbox, botTokens, clock }: AccountErasureDeps): AccountErasure => ({
  async endAccess(userId) {
    await botTokens.endAll(userId)
    await markRevoked(pool, { userId, which: { except: null }, reason: 'erased', by: userId }, clock())
    await outbox.publish(userId, null)
  },
  deleteCredentials: (userId) =>
    inTransaction(pool, async (tx) => {
      await tx.query('delete from credentials where user_id = $1', [userId])
      await tx.query('delete from bots where id = $1', [userId])
    }),
})
