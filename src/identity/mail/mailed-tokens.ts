import type { ClientBase } from 'pg'
import { hashOf, newSecretToken } from '../secret-token.js'

export type Purpose = 'confirm-email' | 'reset-password'

/** What a token from a mail stands for. */
export interface Mailed {
  userId: string
  /** The address it was sent to. */
  email: string
}

type Queries = Pick<ClientBase, 'query'>

/** What of the account a link was asked under; once either is another, the link must not come to be. */
export interface AskedUnder {
  email: string
  passwordChanges: number
}

/**
 * Makes a token for a mail, of which only the hash is kept. Null where the account is no longer what it was asked under: a change under
 * way is waited for, and one that comes later finds the token and drops it.
 */
export async function makeMailedToken(
  tx: Queries,
  purpose: Purpose,
  to: Mailed,
  under: AskedUnder,
  expiresAt: Date,
): Promise<string | null> {
  const token = newSecretToken()
  const { rowCount } = await tx.query(
    `insert into mailed_tokens (hash, purpose, user_id, email, expires_at)
     select $1, $2, user_id, $4, $5 from credentials
     where user_id = $3 and email = $6 and password_changes = $7 for share`,
    [hashOf(token), purpose, to.userId, to.email, expiresAt, under.email, under.passwordChanges],
  )
  return rowCount === 1 ? token : null
}

/** Whose it is, without using it. Null where it is unknown, used, or too old. */
export async function findMailedToken(tx: Queries, purpose: Purpose, token: string, now: Date): Promise<Mailed | null> {
  const { rows } = await tx.query<Mailed>(
    'select user_id as "userId", email from mailed_tokens where hash = $1 and purpose = $2 and expires_at > $3',
    [hashOf(token), purpose, now],
  )
  return rows[0] ?? null
}

/** Whether it could be used: once. */
export async function useMailedToken(tx: Queries, token: string): Promise<boolean> {
  const { rowCount } = await tx.query('delete from mailed_tokens where hash = $1', [hashOf(token)])
  return rowCount === 1
}

/** Links that were mailed before a password or an address changed are dead; but not one that confirms the address as it now is. */
export async function dropMailedTokens(tx: Queries, userId: string): Promise<void> {
  await tx.query(
    `delete from mailed_tokens t using credentials c
     where t.user_id = $1 and c.user_id = t.user_id and not (t.purpose = 'confirm-email' and t.email = c.email)`,
    [userId],
  )
}
