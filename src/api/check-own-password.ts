import type { Caller } from '../commands/run-command.js'
import type { Parts } from './parts.js'
import { asProblem } from './problem-details.js'

const WRONG_PASSWORD = { code: 'invalid-credentials' } as const

/** Over REST every caller has a session. */
export const whoIs = ({ userId, client }: Caller) => ({ userId, sessionId: client?.session ?? '' })

/**
 * The caller's account, if the password is theirs; guesses are bounded.
 * @throws ProblemError `invalid-credentials`, `rate-limited`
 */
export async function checkOwnPassword(
  { caller, request, password }: { caller: Caller; request: Parameters<Parts['passwordGuard']>[1]; password: string },
  { emailChanges, passwordGuard }: Pick<Parts, 'emailChanges' | 'passwordGuard'>,
) {
  const check = async () => (await emailChanges.checkPassword({ ...whoIs(caller), password })) ?? WRONG_PASSWORD
  const account = await passwordGuard({ userId: caller.userId }, request, check)
  if ('code' in account || 'retryAfterMs' in account) throw asProblem(account)
  return account
}
