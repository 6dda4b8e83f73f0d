import type { ClientBase } from 'pg'
import { hashOf, newSecretToken } from '../secret-token.js'

export type Purpose = 'confirm-email' | 'reset-password'

/** Whose token it is. */
export interface MailedTokenOwner {
  userId: string
  /** The address it was sent to. */
  email: string
}

type Queries = Pick<ClientBase, 'query'>

/** The state of an account when a link was requested. If either has changed since, the link must not be made. */
export interface AccountVersion {
  email: string
  passwordChanges: number
}

/**
 * Makes a token for a mail, and stores its hash. Null if the account has changed since `account` was read. The row lock makes this wait
 * for a change under way; a later change finds the token and deletes it.
 */
export async function makeMailedToken(
  tx: Queries,
  purpose: Purpose,
  to: MailedTokenOwner,
  account: AccountVersion,
  expiresAt: Date,
): Promise<string | null> {
  const token = newSecretToken()
  const { rowCount } = await tx.query(
    `insert into mailed_tokens (hash, purpose, user_id, email, expires_at)
     select $1, $2, user_id, $4, $5 from credentials
     where user_id = $3 and email = $6 and password_changes = $7 for share`,
    [hashOf(token), purpose, to.userId, to.email, expiresAt, account.email, account.passwordChanges],
  )
  return rowCount === 1 ? token : null
}

/** Whose token it is, without using it. Null if it is unknown, used or expired. */
export async function findMailedToken(
  tx: Queries,
  purpose: Purpose,
  token: string,
  now: Date,
): Promise<MailedTokenOwner | null> {
  const { rows } = await tx.query<MailedTokenOwner>(
    'select user_id as "userId", email from mailed_tokens where hash = $1 and purpose = $2 and expires_at > $3',
    [hashOf(token), purpose, now],
  )
  return rows[0] ?? null
}

/** Uses the token up. False if it was used already. */
export async function useMailedToken(tx: Queries, token: string): Promise<boolean> {
  const { rowCount } = await tx.query('delete from mailed_tokens where hash = $1', [hashOf(token)])
  return rowCount === 1
}

/** Invalidates the user's links after a change of password or address, except one that confirms the present address. */
export async function dropMailedTokens(tx: Queries, userId: string): Promise<void> {
  await tx.query(
    `delete from mailed_tokens t using credentials c
     where t.user_id = $1 and c.user_id = t.user_id and not (t.purpose = 'confirm-email' and t.email = c.email)`,
    [userId],
  )
}
