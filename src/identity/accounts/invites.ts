import type { ClientBase, Pool } from 'pg'
import { hashOf, newSecretToken } from '../secret-token.js'

/** Makes an invite to register, and stores its hash. */
export async function makeInvite(pool: Pool, expiresAt: Date): Promise<string> {
  const token = newSecretToken()
  await pool.query('insert into invites (hash, expires_at) values ($1, $2)', [hashOf(token), expiresAt])
  return token
}

/** Whether the invite is valid, without using it. */
export async function isGoodInvite(pool: Pool, token: string, now: Date): Promise<boolean> {
  const { rowCount } = await pool.query('select from invites where hash = $1 and used_by is null and expires_at > $2', [
    hashOf(token),
    now,
  ])
  return rowCount === 1
}

/** Uses the invite up, in the transaction that makes the account. False if it is not valid. */
export async function useInvite(tx: ClientBase, token: string, usedBy: string, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update invites set used_by = $2 where hash = $1 and used_by is null and expires_at > $3',
    [hashOf(token), usedBy, now],
  )
  return rowCount === 1
}
