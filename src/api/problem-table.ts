import type { CommandFaultCode } from '../commands/pipeline/command-fault.js'
import type { AnyRejection } from '../commands/run-command.js'
import type { TokenRefusal } from '../identity/sessions/tokens.js'

interface Row {
  status: number
  title: string
  /** When to try again, unless the fault says; whole seconds. */
  retryAfterSeconds?: number
}

/** Every code that a client can meet. `docs/errors.md` says what each means and what to do. */
export const problemTable = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  'validation-failed': { status: 400, title: 'The request is not valid' },
  'message-empty': { status: 400, title: 'The message is empty' },
  'message-too-long': { status: 400, title: 'The message is too long' },
  'too-deeply-nested': { status: 400, title: 'The JSON is nested too deeply' },
  'idempotency-key-mismatch': { status: 400, title: 'Idempotency-Key and clientMessageId differ' },
  'unknown-position': { status: 400, title: 'The position is not of this log' },
  'unknown-event': { status: 400, title: 'No such event' },
  'unknown-version': { status: 400, title: 'The chat has no such version' },
  'cursor-ahead': { status: 400, title: 'The cursor is ahead of the chat' },
  'too-many-cursors': { status: 400, title: 'The handshake has too many cursors' },
  'invalid-link': { status: 400, title: 'The link is not valid, or no longer' },
  'token-missing': { status: 401, title: 'An access token is required' },
  'token-expired': { status: 401, title: 'The access token has expired' },
  'token-revoked': { status: 401, title: 'The roles have changed since the access token was issued' },
  'session-revoked': { status: 401, title: 'The session has ended' },
  'invalid-token': { status: 401, title: 'The access token is not valid' },
  'invalid-refresh-token': { status: 401, title: 'The refresh token is not valid, or no longer' },
  'invalid-credentials': { status: 401, title: 'The e-mail address or the password is wrong' },
  'not-authorized': { status: 403, title: 'Not authorized' },
  'registration-closed': { status: 403, title: 'Registration is closed' },
  'invalid-invite': { status: 403, title: 'A valid invite is required' },
  'login-again': { status: 403, title: 'Log in again first' },
  'own-account': { status: 403, title: 'Not allowed on your own account' },
  'not-for-bots': { status: 403, title: 'Not allowed with a bot token' },
  'feature-off': { status: 403, title: 'This feature is switched off' },
  'account-deactivated': { status: 403, title: 'The account is deactivated' },
  'not-found': { status: 404, title: 'No such path' },
  'chat-not-found': { status: 404, title: 'No such chat' },
  'not-created-yet': { status: 404, title: 'It did not exist at that moment' },
  'message-not-found': { status: 404, title: 'No such message' },
  'user-not-found': { status: 404, title: 'No such user' },
  'projection-not-found': { status: 404, title: 'No such projection' },
  'comparison-not-found': { status: 404, title: 'The projection was not compared, or is being compared now' },
  'participant-not-found': { status: 404, title: 'Not a participant of this chat' },
  'invite-not-found': { status: 404, title: 'No such invite, or it has ended' },
  'report-not-found': { status: 404, title: 'No such report' },
  'webhook-not-found': { status: 404, title: 'No such webhook' },
  'bot-not-found': { status: 404, title: 'No such bot' },
  'bot-token-not-found': { status: 404, title: 'No such bot token' },
  'stream-not-found': { status: 404, title: 'The log has no such stream' },
  'entry-not-found': { status: 404, title: 'The audit chain has no such entry' },
  'verification-not-found': { status: 404, title: 'No such verification, or it does not run' },
  'session-not-found': { status: 404, title: 'No such session' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'last-admin': { status: 409, title: 'At least one admin must remain' },
  'last-owner': { status: 409, title: 'At least one owner must remain' },
  'role-held': { status: 409, title: 'The user has a role in the installation' },
  'erasure-requested': { status: 409, title: 'The erasure of this user was requested' },
  'rebuild-under-way': { status: 409, title: 'The projection is being built already' },
  'not-paused-there': { status: 409, title: 'The projection is not paused at this position' },
  'projection-needed': { status: 409, title: 'The projection cannot do without this' },
  'chat-archived': { status: 409, title: 'The chat is archived' },
  'message-deleted': { status: 409, title: 'The message is deleted' },
  'message-expired': { status: 409, title: 'The message is older than its chat keeps messages' },
  banned: { status: 409, title: 'The user is banned from this chat' },
  'too-many-invites': { status: 409, title: 'The chat has too many invites' },
  'too-many-reactions': { status: 409, title: 'The message has too many reactions' },
  'too-many-pins': { status: 409, title: 'The chat has too many pinned messages' },
  'webhook-disabled': { status: 409, title: 'The webhook is disabled' },
  'too-many-webhooks': { status: 409, title: 'The chat has too many webhooks' },
  'too-many-bots': { status: 409, title: 'The user has too many bots' },
  'too-many-bot-tokens': { status: 409, title: 'The bot has too many tokens' },
  'too-many-blocks': { status: 409, title: 'Too many users are blocked' },
  'email-taken': { status: 409, title: 'The e-mail address is taken' },
  'not-imported': { status: 409, title: 'Imported and native data cannot be combined' },
  'line-too-late': { status: 409, title: 'A later line of the import is already in the chat' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'command-too-large': { status: 413, title: 'The command is too large' },
  'not-json': { status: 415, title: 'The body must be JSON' },
  'not-served-here': { status: 421, title: 'This node does not serve that' },
  'bot-owner-absent': { status: 422, title: 'A bot can be a participant only where its owner is one' },
  'direct-chat': { status: 422, title: 'The participants of a direct chat are fixed' },
  'content-refused': { status: 422, title: 'The message contains a word that is not allowed' },
  'idempotency-key-reused': { status: 422, title: 'The key was used before with another body' },
  'rate-limited': { status: 429, title: 'Too many requests', retryAfterSeconds: 60 },
  'bad-mac': { status: 500, title: 'An event in the log was altered' },
  'internal-error': { status: 500, title: 'Internal error' },
  'outcome-unknown': { status: 503, title: 'It may have been done', retryAfterSeconds: 1 },
  'dependency-unavailable': {
    status: 503,
    title: 'A database or the event log is unavailable',
    retryAfterSeconds: 2,
  },
  'too-busy': { status: 503, title: 'Too busy', retryAfterSeconds: 1 },
  'projection-behind': { status: 503, title: 'The read model is behind', retryAfterSeconds: 1 },
  'revocation-unknown': { status: 503, title: 'Session revocations cannot be verified', retryAfterSeconds: 1 },
  'not-yet-signed': { status: 503, title: 'No checkpoint covers it yet', retryAfterSeconds: 60 },
  'read-not-recorded': { status: 503, title: 'The read could not be recorded, and was not done', retryAfterSeconds: 2 },
  'newer-event': { status: 503, title: 'The data was written by a newer release', retryAfterSeconds: 30 },
} as const satisfies Record<CommandFaultCode | TokenRefusal['code'], Row> & Record<string, Row>

export type ProblemCode = keyof typeof problemTable

/** The row of a code. */
export const rowOf = (code: ProblemCode): Row => problemTable[code]

export const isProblemCode = (code: unknown): code is ProblemCode =>
  typeof code === 'string' && Object.hasOwn(problemTable, code)

interface Refusal {
  code: ProblemCode
  detail?: string
}

/** The problem for each rejection of a command. A rejection without a row does not compile. */
export const refusals: Record<AnyRejection['code'] | 'account-role-too-low', Refusal> = {
  'account-role-too-low': { code: 'not-authorized', detail: 'Not authorized: your account lacks the role for this' },
  // The same as for a chat that does not exist.
  'not-a-participant': { code: 'not-authorized', detail: 'Not authorized: you are not a participant of this chat' },
  'role-too-low': { code: 'not-authorized', detail: 'Not authorized: your role in this chat does not allow this' },
  'not-an-admin': { code: 'not-authorized', detail: 'Not authorized: only an admin may do this' },
  'own-account': { code: 'own-account' },
  'last-admin': { code: 'last-admin' },
  'role-held': { code: 'role-held', detail: 'Give up the role, or have it taken away, before the erasure' },
  'erasure-requested': { code: 'erasure-requested' },
  'bot-owner-absent': { code: 'bot-owner-absent' },
  'direct-chat': { code: 'direct-chat' },
  'last-owner': { code: 'last-owner' },
  banned: { code: 'banned' },
  // One answer for a block and for the user's own setting: nobody learns that they are blocked.
  'cannot-be-added': { code: 'not-authorized', detail: 'Not authorized: somebody named cannot be added' },
  'cannot-send': { code: 'not-authorized', detail: 'Not authorized: messages cannot be sent in this chat' },
  'chat-archived': { code: 'chat-archived' },
  'invite-not-found': { code: 'invite-not-found' },
  'too-many-invites': { code: 'too-many-invites' },
  'message-not-found': { code: 'message-not-found' },
  'message-deleted': { code: 'message-deleted' },
  'message-expired': { code: 'message-expired' },
  'not-the-author': { code: 'not-authorized', detail: 'Not authorized: only the author may edit a message' },
  'too-many-reactions': { code: 'too-many-reactions' },
  'too-many-pins': { code: 'too-many-pins' },
  'participant-not-found': { code: 'participant-not-found' },
  'report-not-found': { code: 'report-not-found' },
  'webhook-not-found': { code: 'webhook-not-found' },
  'too-many-webhooks': { code: 'too-many-webhooks' },
  'too-many-blocks': { code: 'too-many-blocks' },
  'bot-not-found': { code: 'bot-not-found' },
  'user-not-found': { code: 'user-not-found' },
  'chat-not-found': { code: 'chat-not-found' },
  'not-imported': { code: 'not-imported' },
  'line-too-late': { code: 'line-too-late' },
  'command-too-large': { code: 'command-too-large', detail: 'Its events would take more than 256 KiB' },
  'idempotency-key-reused': { code: 'idempotency-key-reused' },
  // Only a user over their limit is asked for a repeat.
  'not-a-repeat': { code: 'rate-limited' },
}
