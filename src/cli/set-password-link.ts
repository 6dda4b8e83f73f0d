import type { Config } from '../app/config.js'
import { makeMailedToken } from '../identity/mail/mailed-tokens.js'
import { CommandFailedError } from './command-errors.js'
import type { SetPasswordLink } from './user-create.js'

const LINK_MS = 24 * 3_600_000

/** Valid once, for a day; the operator hands it on. */
export const setPasswordLink: SetPasswordLink = async (account, { databases, clock }, { publicUrl, port }: Config) => {
  const expiresAt = new Date(clock().getTime() + LINK_MS)
  const token = await makeMailedToken(databases.main, 'reset-password', account, account, expiresAt)
  if (token === null) throw new CommandFailedError(`${account.email} has a password already`)
  return `${publicUrl ?? `http://localhost:${port}`}/reset-password#token=${token}`
}
