import type { ParleyError } from '../parley-error.js'

/** What to do after a socket ended. */
export type AfterEnd =
  /** Connect again. */
  | 'reconnect'
  /** Connect again with another token. */
  | 'renew-token'
  /** The session is over. */
  | 'sign-out'
  /** Connecting again would be refused in the same way. */
  | 'stop'

const BY_CODE: Readonly<Record<string, AfterEnd>> = {
  'token-expired': 'renew-token',
  'token-revoked': 'renew-token',
  'invalid-token': 'renew-token',
  'session-revoked': 'sign-out',
  'signed-out': 'stop',
}

/** Only a handshake is refused for good: after a socket that was accepted, another one may be accepted too. */
export function afterEnd(error: ParleyError | null, wasOnline: boolean): AfterEnd {
  if (error === null) return 'reconnect'
  const isRefused = !wasOnline && error.status >= 400 && error.status < 500 && error.status !== 429
  return BY_CODE[error.code] ?? (isRefused ? 'stop' : 'reconnect')
}
