import type { ClientBase, Pool } from 'pg'
import type { RequestInfo } from '../../domain/client-info.js'
import type { Actor, SessionEventOutbox } from '../sessions/session-event-outbox.js'
import { normaliseEmail, simplyNormalised } from '../accounts/email.js'
import { BOTS_OF } from '../bots/bot-tokens.js'
import type { BotView } from '../bots/bots.js'
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
import type { Passwords } from './passwords.js'
import { markRevoked } from '../sessions/session-end.js'
import { weaknessOf } from './weak-password.js'
import { inTransaction } from '../../postgres/transaction.js'

const RESET_MS = 30 * 60_000

/** The new password is refused, and why, as the end of "the password …". */
export interface WeakPassword {
  code: 'weak-password'
  reason: string
}

export interface PasswordChanges {
  /** Ends all other sessions. @throws TooBusyError */
  change(
    change: { userId: string; sessionId: string; currentPassword: string; newPassword: string },
    request: RequestInfo,
  ): Promise<{ code: 'invalid-credentials' } | WeakPassword | null>
  /** Mails a link if an account has this address; the caller is not told whether. */
  sendReset(email: string): Promise<void>
  /** Ends all sessions, and the tokens of the user's bots unless `keepBots`. @throws TooBusyError */
  reset(
    reset: { token: string; newPassword: string; keepBots: boolean },
    request: RequestInfo,
  ): Promise<{ code: 'invalid-link' } | WeakPassword | null>
}

export interface PasswordChangeDeps {
  pool: Pool
  passwords: Passwords
  /** The user's name; null if it is not known. */
  nameOf: (userId: string) => Promise<string | null>
  outbox: SessionEventOutbox
  mailSender: MailSender
  templates: MailTemplates
  mayMailLink: MayMailLink
  botsOf(ownerId: string): Promise<BotView[]>
  clock: () => Date
}

export function createPasswordChanges(deps: PasswordChangeDeps): PasswordChanges {
  const { pool, passwords, nameOf, outbox, mailSender, templates, mayMailLink, botsOf, clock } = deps

  async function weaknessFor(userId: string, email: string, password: string): Promise<WeakPassword | null> {
    const reason = weaknessOf(password, { name: await nameOf(userId), email })
    return reason === null ? null : { code: 'weak-password', reason }
  }

  /** Those of the user's bots that have tokens, for the mail about the change. */
  async function botsWithTokens(userId: string) {
    const bots = (await botsOf(userId)).filter(({ tokenCount }) => tokenCount > 0)
    return Promise.all(bots.map(async ({ id, tokenCount }) => ({ id, tokenCount, name: await nameOf(id) })))
  }

  async function finish(userId: string, actor: Actor): Promise<void> {
    mailSender.toUser(userId, templates.passwordChanged(await botsWithTokens(userId)))
    await outbox.publish(userId, actor)
  }

  return {
    async change({ userId, sessionId, currentPassword, newPassword }, request) {
      const { rows } = await pool.query<{ hash: string; changes: number; email: string }>(
        'select password_hash as hash, password_changes as changes, email from credentials where user_id = $1',
        [userId],
      )
      const [known] = rows
      const isRight = await passwords.verify(known?.hash ?? null, currentPassword)
      if (known === undefined || !isRight) return { code: 'invalid-credentials' }
      const weakness = await weaknessFor(userId, known.email, newPassword)
      if (weakness !== null) return weakness
      const passwordHash = await passwords.hash(newPassword)
      const isChanged = await inTransaction(pool, async (tx) => {
        if (!(await setPassword(tx, userId, passwordHash, known.changes))) return false
        const now = clock()
        await markRevoked(tx, { userId, which: { except: sessionId }, reason: 'password-changed', by: userId }, now)
        await tx.query('update sessions set authenticated_at = $2 where id = $1', [sessionId, now])
        return true
      })
      if (!isChanged) return { code: 'invalid-credentials' }
      await finish(userId, { ...request, sessionId })
      return null
    },

    async sendReset(raw) {
      const exact = simplyNormalised(raw)
      const { rows } = await pool.query<MailedTokenOwner & AccountVersion>(
        `select user_id as "userId", email, password_changes as "passwordChanges"
         from credentials where email = any($1) and status = 'active' order by email = $2 desc limit 1`,
        [[exact, normaliseEmail(raw)], exact],
      )
      for (const account of rows) {
        const { email } = account
        if (!(await mayMailLink({ email: normaliseEmail(email) }))) return
        const token = await makeMailedToken(pool, 'reset-password', account, account, after(clock(), RESET_MS))
        if (token !== null) mailSender.toAddress(email, templates.resetPassword(token))
      }
    },

    async reset({ token, newPassword, keepBots }, request) {
      // Hashing is expensive, so an invalid link is refused first.
      const found = await findMailedToken(pool, 'reset-password', token, clock())
      if (found === null) return { code: 'invalid-link' }
      const { userId, email } = found
      const weakness = await weaknessFor(userId, email, newPassword)
      if (weakness !== null) return weakness
      const passwordHash = await passwords.hash(newPassword)
      const isReset = await inTransaction(pool, async (tx) => {
        await tx.query('select from credentials where user_id = $1 for update', [userId])
        if (!(await useMailedToken(tx, token))) return false
        await setPassword(tx, userId, passwordHash, null)
        const now = clock()
        // The link was sent to this address, so using it confirms the address.
        await tx.query(
          'update credentials set email_verified_at = coalesce(email_verified_at, $2) where user_id = $1 and email = $3',
          [userId, now, email],
        )
        await markRevoked(tx, { userId, which: { except: null }, reason: 'password-reset', by: userId }, now)
        if (!keepBots) await tx.query(`delete from bot_tokens where bot_id in ${BOTS_OF}`, [userId])
        return true
      })
      if (!isReset) return { code: 'invalid-link' }
      await finish(userId, { ...request, sessionId: null })
      return null
    },
  }
}

/** False if the password was changed since `changes` was read; null: do not compare. */
async function setPassword(tx: ClientBase, userId: string, passwordHash: string, changes: number | null) {
  const { rowCount } = await tx.query(
    `update credentials set password_hash = $2, password_changes = password_changes + 1
     where user_id = $1 and ($3::integer is null or password_changes = $3)`,
    [userId, passwordHash, changes],
  )
  if (rowCount === 0) return false
  await dropMailedTokens(tx, userId)
  return true
}

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms)
