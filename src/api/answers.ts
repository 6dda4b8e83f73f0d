import type { Caller } from '../commands/run-command.js'
import { asProblem, ProblemError } from './problem-details.js'
import type { ProblemCode } from './problem-table.js'

/** The result of any command. */
type Result =
  | { kind: 'done' | 'repeated' | 'unchanged'; position: string }
  | { kind: 'rejected'; rejection: { code: string } | { code: 'user-not-found'; userId: string } }

/**
 * The result of a command that was not rejected. `pathOf` gives the path in the body of a user id that is unknown.
 * @throws ProblemError the rejection
 */
export function unwrapResult<Given extends Result>(
  result: Given,
  pathOf?: (userId: string) => string,
): Exclude<Given, { kind: 'rejected' }> {
  if (result.kind !== 'rejected') return result as Exclude<Given, { kind: 'rejected' }>
  const { rejection } = result
  if (pathOf === undefined || rejection.code !== 'user-not-found' || !('userId' in rejection)) throw asProblem(result)
  throw new ProblemError('user-not-found', { errors: [{ path: pathOf(rejection.userId), message: 'is no user' }] })
}

/** Headers of every answer to a command. */
export const commandHeaders = (
  { kind, position }: { kind: string; position: string },
  { key }: Pick<Caller, 'key'>,
): Record<string, string> => ({
  'Parley-Position': position,
  ...(kind === 'repeated' && key !== null && { 'Idempotency-Replayed': 'true' }),
})

/** Header of every answer to a query about one chat: the chat's version in the snapshot that was read. */
export const versionHeader = (version: number): Record<string, string> => ({ 'Parley-Chat-Version': String(version) })

/** For the answer of a command: whoever sent it may have left the chat by then, above all when it is a repeat. @throws ProblemError */
export function orNotAParticipant<Found>(found: Found | null): Found {
  if (found !== null) return found
  throw new ProblemError('not-authorized', { detail: 'Not authorized: you are no longer a participant of this chat' })
}

/** What was found; null stands for unknown and for not visible to whoever asks. @throws ProblemError */
export function orNotFound<Found>(found: Found | null, code: Extract<ProblemCode, `${string}-not-found`>): Found {
  if (found === null) throw new ProblemError(code)
  return found
}
