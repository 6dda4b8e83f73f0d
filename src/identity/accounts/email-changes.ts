import type { Pool } from 'pg'
import { normaliseEmail } from './email.js'
import type { Letters } from '../mail/letters.js'
import type { MayMailLink } from '../mail/link-limit.js'
import type { Post } from '../mail/mail-sender.js'
import {
  dropMailedTokens,
  findMailedToken,
  makeMailedToken,
  useMailedToken,
  type AskedUnder,
  type Mailed,
} from '../mail/mailed-tokens.js'
import type { Passwords } from '../passwords/passwords.js'
import { inTransaction } from '../../postgres/transaction.js'

const CONFIRM_MS = 24 * 60 * 60_000

export interface EmailChanges {
  /**
   * Null unless the password is right, which they have to give again; then it was given in this session, and this is what they ask
   * under. @throws TooBusyError
   */
  checkPassword(who: { userId: string; sessionId: string; password: string }): Promise<AskedUnder | null>
  /**
   * Mails a link to the new address and, where it is another, a notice to the old one. To an address that is somebody's goes nothing:
   * nobody is told whether it is. Nor does anything where password or address have changed since the check, or too much was asked for.
   */
  request(change: { userId: string; newEmail: string; under: AskedUnder }): Promise<void>
  /** Mails a link that confirms the address they registered with. */
  sendConfirmation(account: Mailed & AskedUnder): Promise<void>
  confirm(token: string): Promise<{ code: 'invalid-link' | 'email-taken' } | null>
}

export interface EmailChangeDeps {
  pool: Pool
  passwords: Passwords
  post: Post
  letters: Letters
  mayMailLink: MayMailLink
  clock: () => Date
}

export function createEmailChanges(deps: EmailChangeDeps): EmailChanges {
  const { pool, passwords, post, letters, mayMailLink, clock } = deps

  async function sendLink(to: Mailed, under: AskedUnder): Promise<void> {
    if (!(await mayMailLink(to))) return
    const token = await makeMailedToken(pool, 'confirm-email', to, under, new Date(clock().getTime() + CONFIRM_MS))
    if (token !== null) post.toAddress(to.email, letters.confirmEmail(token))
  }

  return {
    async checkPassword({ userId, sessionId, password }) {
      const { rows } = await pool.query<AskedUnder & { hash: string }>(
        `select email, password_changes as "passwordChanges", password_hash as hash from credentials where user_id = $1`,
        [userId],
      )
      const [known] = rows
      if (!(await passwords.verify(known?.hash ?? null, password)) || known === undefined) return null
      await pool.query('update sessions set authenticated_at = $2 where id = $1', [sessionId, clock()])
      return { email: known.email, passwordChanges: known.passwordChanges }
    },

    async request({ userId, newEmail: raw, under }) {
      const newEmail = normaliseEmail(raw)
      if (!(await mayMailLink({ userId }))) return
      if (newEmail !== under.email) {
        post.toAddress(under.email, letters.emailChangeAsked())
        const { rowCount } = await pool.query('select from credentials where email = $1', [newEmail])
        if (rowCount !== 0) return
      }
      await sendLink({ userId, email: newEmail }, under)
    },

    sendConfirmation: (account) => sendLink(account, account),

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
