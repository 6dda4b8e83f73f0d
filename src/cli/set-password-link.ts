import type { Config } from '../app/config.js'
import { makeMailedToken } from '../identity/mail/mailed-tokens.js'
import { UsageError } from './usage-error.js'
import type { SetPasswordLink } from './user-create.js'

const LINK_MS = 24 * 3_600_000

/** Good once, for a day: the operator hands it on by hand. */
export const setPasswordLink: SetPasswordLink = async (account, { databases, clock }, { publicUrl, port }: Config) => {
  const expiresAt = new Date(clock().getTime() + LINK_MS)
  const token = await makeMailedToken(databases.main, 'reset-password', account, account, expiresAt)
  if (token === null) throw new UsageError(`${account.email} has chosen a password already`)
  return `${publicUrl ?? `http://localhost:${port}`}/reset-password#token=${token}`
}
