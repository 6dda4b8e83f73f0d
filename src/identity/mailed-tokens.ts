import type { ClientBase } from 'pg'
import { hashOf, newSecretToken } from './secret-token.js'

export type Purpose = 'confirm-email' | 'reset-password'

/** What a token from a mail stands for. */
export interface Mailed {
  userId: string
  /** The address it was sent to. */
  email: string
}

type Queries = Pick<ClientBase, 'query'>

/** Makes a token for a mail, of which only the hash is kept. Null for someone without credentials. */
export async function makeMailedToken(tx: Queries, purpose: Purpose, to: Mailed, expiresAt: Date): Promise<string> {
  const token = newSecretToken()
  await tx.query('insert into mailed_tokens (hash, purpose, user_id, email, expires_at) values ($1, $2, $3, $4, $5)', [
    hashOf(token),
    purpose,
    to.userId,
    to.email,
    expiresAt,
  ])
  return token
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
