import pg, { type Pool } from 'pg'
import { normaliseEmail } from './email.js'
import type { MailTemplates } from '../mail/mail-templates.js'
import type { MayMailLink } from '../mail/link-rate-limit.js'
import type { MailSender } from '../mail/mail-sender.js'
import {
  dropMailedTokens,
  findMailedToken,
  makeMailedToken,
  useMailedToken,
  type AccountVersion,
  type MailedTokenOwner,
} from '../mail/mailed-tokens.js'
import type { Passwords } from '../passwords/passwords.js'
import { inTransaction } from '../../postgres/transaction.js'

const CONFIRM_MS = 24 * 60 * 60_000

export interface EmailChanges {
  /**
   * Null unless the password is right. Otherwise it renews the session's authentication time and returns the account's state, to be
   * passed to `request`. @throws TooBusyError
   */
  checkPassword(who: { userId: string; sessionId: string; password: string }): Promise<AccountVersion | null>
  /**
   * Mails a link to the new address and, if it differs, a notice to the old one. Nothing is mailed to an address that another account
   * has (the caller is not told), if password or address have changed since the check, or if the rate limit is reached.
   */
  request(change: { userId: string; newEmail: string; account: AccountVersion }): Promise<void>
  /** Mails a link that confirms the address of a new account. */
  sendConfirmation(account: MailedTokenOwner & AccountVersion): Promise<void>
  confirm(token: string): Promise<{ code: 'invalid-link' | 'email-taken' } | null>
}

export interface EmailChangeDeps {
  pool: Pool
  passwords: Passwords
  mailSender: MailSender
  templates: MailTemplates
  mayMailLink: MayMailLink
  clock: () => Date
}

export function createEmailChanges(deps: EmailChangeDeps): EmailChanges {
  const { pool, passwords, mailSender, templates, mayMailLink, clock } = deps

  async function sendLink(to: MailedTokenOwner, account: AccountVersion): Promise<void> {
    if (!(await mayMailLink(to))) return
    const token = await makeMailedToken(pool, 'confirm-email', to, account, new Date(clock().getTime() + CONFIRM_MS))
    if (token !== null) mailSender.toAddress(to.email, templates.confirmEmail(token))
  }

  return {
    async checkPassword({ userId, sessionId, password }) {
      const { rows } = await pool.query<AccountVersion & { hash: string }>(
        `select email, password_changes as "passwordChanges", password_hash as hash from credentials where user_id = $1`,
        [userId],
      )
      const [known] = rows
      if (!(await passwords.verify(known?.hash ?? null, password)) || known === undefined) return null
      await pool.query('update sessions set authenticated_at = $2 where id = $1', [sessionId, clock()])
      return { email: known.email, passwordChanges: known.passwordChanges }
    },

    async request({ userId, newEmail: raw, account }) {
      const newEmail = normaliseEmail(raw)
      if (!(await mayMailLink({ userId }))) return
      if (newEmail !== account.email) {
        mailSender.toAddress(account.email, templates.emailChangeAsked())
        const { rowCount } = await pool.query('select from credentials where email = $1', [newEmail])
        if (rowCount !== 0) return
      }
      await sendLink({ userId, email: newEmail }, account)
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
        await tx.query(
          'update credentials set email = $2, email_verified_at = $3, shares_mailbox = shares_mailbox and email = $2 where user_id = $1',
          [userId, email, clock()],
        )
        if (rows[0].email !== email) await dropMailedTokens(tx, userId)
        return rows[0].email
      }).catch(emailTakenOr)
      if (oldEmail === null) return { code: 'invalid-link' }
      if (typeof oldEmail !== 'string') return oldEmail
      if (oldEmail !== email) mailSender.toAddress(oldEmail, templates.emailChanged())
      return null
    },
  }
}

/** Another account has taken the address meanwhile. */
function emailTakenOr(error: unknown): { code: 'email-taken' } {
  if (error instanceof pg.DatabaseError && error.constraint === 'credentials_email_unique')
    return { code: 'email-taken' }
  throw error
}
