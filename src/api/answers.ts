import type { Caller } from '../commands/run-command.js'
import { asProblem, ProblemError } from './problem-details.js'
import type { ProblemCode } from './problem-table.js'

/** What every command may come to, for those who only pass it on. */
type Result =
  | { kind: 'done' | 'repeated' | 'unchanged'; position: string }
  | { kind: 'rejected'; rejection: { code: string } | { code: 'user-not-found'; userId: string } }

/**
 * What a command came to, unless it was refused. `pathOf` tells where in the body someone unknown was named.
 * @throws ProblemError the refusal
 */
export function settled<Given extends Result>(
  result: Given,
  pathOf?: (userId: string) => string,
): Exclude<Given, { kind: 'rejected' }> {
  if (result.kind !== 'rejected') return result as Exclude<Given, { kind: 'rejected' }>
  const { rejection } = result
  if (pathOf === undefined || rejection.code !== 'user-not-found' || !('userId' in rejection)) throw asProblem(result)
  throw new ProblemError('user-not-found', { errors: [{ path: pathOf(rejection.userId), message: 'is nobody here' }] })
}

/** What a command's answer says beside its body. */
export const commandHeaders = (
  { kind, position }: { kind: string; position: string },
  { key }: Pick<Caller, 'key'>,
): Record<string, string> => ({
  'Parley-Position': position,
  ...(kind === 'repeated' && key !== null && { 'Idempotency-Replayed': 'true' }),
})

/** What the answer to a query about one chat says: the version of the chat in the snapshot that was read. */
export const versionHeader = (version: number): Record<string, string> => ({ 'Parley-Chat-Version': String(version) })

/** What a repeat shows may be closed to its sender by now. @throws ProblemError */
export function stillIn<Found>(found: Found | null): Found {
  if (found !== null) return found
  throw new ProblemError('not-authorized', { detail: 'Not authorized: you take part in this chat no longer' })
}

/** What was asked for, unless whoever asked may not see it. @throws ProblemError */
export function seen<Found>(found: Found | null, otherwise: Extract<ProblemCode, `${string}-not-found`>): Found {
  if (found === null) throw new ProblemError(otherwise)
  return found
}
