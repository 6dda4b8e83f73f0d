import type { Pool } from 'pg'
import { normaliseEmail } from './email.js'
import type { Letters } from './mail/letters.js'
import type { Post } from './mail/post.js'
import { dropMailedTokens, findMailedToken, makeMailedToken, useMailedToken, type Mailed } from './mailed-tokens.js'
import type { Passwords } from './passwords.js'
import { inTransaction } from './transaction.js'

const CONFIRM_MS = 24 * 60 * 60_000

export interface EmailChanges {
  /** Whether the password is right, which they have to give again; then it was given in this session. @throws TooBusyError */
  checkPassword(who: { userId: string; sessionId: string; password: string }): Promise<boolean>
  /**
   * Mails a link to the new address and, where it is another, a notice to the old one. To an address that is somebody's goes nothing:
   * nobody is told whether it is.
   */
  request(change: { userId: string; newEmail: string }): Promise<void>
  /** Mails a link that confirms the address they registered with. */
  sendConfirmation(to: Mailed): Promise<void>
  confirm(token: string): Promise<{ code: 'invalid-link' | 'email-taken' } | null>
}

export interface EmailChangeDeps {
  pool: Pool
  passwords: Passwords
  post: Post
  letters: Letters
  clock: () => Date
}

export function createEmailChanges({ pool, passwords, post, letters, clock }: EmailChangeDeps): EmailChanges {
  async function sendConfirmation(to: Mailed): Promise<void> {
    const token = await makeMailedToken(pool, 'confirm-email', to, new Date(clock().getTime() + CONFIRM_MS))
    post.toAddress(to.email, letters.confirmEmail(token))
  }

  async function emailOf(userId: string): Promise<string | null> {
    const { rows } = await pool.query<{ email: string }>('select email from credentials where user_id = $1', [userId])
    return rows[0]?.email ?? null
  }

  return {
    async checkPassword({ userId, sessionId, password }) {
      const { rows } = await pool.query<{ hash: string }>(
        'select password_hash as hash from credentials where user_id = $1',
        [userId],
      )
      if (!(await passwords.verify(rows[0]?.hash ?? null, password))) return false
      await pool.query('update sessions set authenticated_at = $2 where id = $1', [sessionId, clock()])
      return true
    },

    async request({ userId, newEmail: raw }) {
      const newEmail = normaliseEmail(raw)
      const oldEmail = await emailOf(userId)
      if (oldEmail === null) return
      if (newEmail === oldEmail) return sendConfirmation({ userId, email: oldEmail })
      post.toAddress(oldEmail, letters.emailChangeAsked())
      const { rowCount } = await pool.query('select from credentials where email = $1', [newEmail])
      if (rowCount === 0) await sendConfirmation({ userId, email: newEmail })
    },

    sendConfirmation,

    async confirm(token) {
      const found = await findMailedToken(pool, 'confirm-email', token, clock())
      if (found === null) return { code: 'invalid-link' }
      const { userId, email } = found
      const oldEmail = await inTransaction(pool, async (tx) => {
        const { rows } = await tx.query<{ email: string }>(
          'select email from credentials where user_id = $1 for update',
          [userId],
        )
        if (rows[0] === undefined || !(await useMailedToken(tx, token))) return null
        await tx.query('update credentials set email = $2, email_verified_at = $3 where user_id = $1', [
          userId,
          email,
          clock(),
        ])
        if (rows[0].email !== email) await dropMailedTokens(tx, userId)
        return rows[0].email
      }).catch(takenOr)
      if (oldEmail === null) return { code: 'invalid-link' }
      if (typeof oldEmail !== 'string') return oldEmail
      if (oldEmail !== email) post.toAddress(oldEmail, letters.emailChanged())
      return null
    },
  }
}

/** Somebody registered with the address meanwhile. */
function takenOr(error: Error & { constraint?: string }): { code: 'email-taken' } {
  if (error.constraint === 'credentials_email_unique') return { code: 'email-taken' }
  throw error
}
