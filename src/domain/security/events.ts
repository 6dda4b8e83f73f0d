import type { EventShape } from '../event.js'

/** What was seen. Kinds that outsiders can cause without end come first. */
export const securityKinds = [
  'login-failed',
  'rate-limited',
  'access-refused',
  'token-refused',
  'socket-refused',
  'origin-refused',
  'refresh-reuse',
  'session-revoked',
  'role-granted',
] as const

export type SecurityKind = (typeof securityKinds)[number]

/**
 * A security event, with how often it came from one source between two moments, so that nobody can fill the log; kinds are listed in
 * [security](security.md), `subject` is a keyed hash.
 */
export interface SecurityEventRecorded extends EventShape {
  type: 'SecurityEventRecorded'
  public: {
    kind: SecurityKind
    /** Whom it is about, where that is someone we know. */
    userId?: string
    count: number
    from: string
    to: string
  }
  /** `subject`: a keyed hash of what was asked for, such as an address that nobody has; never what was typed. */
  personal: { ip: string; userAgent: string; subject?: string }
}

/** How access ended: `cut` where the reader went away or interrupted it, `failed` where it was refused or an error ended it. */
export const accessOutcomes = ['done', 'cut', 'failed'] as const

export type AccessOutcome = (typeof accessOutcomes)[number]

/** Someone reads by virtue of a role, or an operator runs a command; recorded before the first byte of the answer. */
export interface PrivilegedAccessStarted extends EventShape {
  type: 'PrivilegedAccessStarted'
  public: {
    accessId: string
    /** The id of a user, or `system:` and the account of the operating system. */
    by: string
    /** Method and path as the route has them, or the words of the command. */
    operation: string
  }
  personal: {
    /** JSON of what was asked for. */
    filter: string
    /** As the reader gave it. */
    reason: string | null
  }
}

/** The end of a privileged access. Where it is missing, the process ended first. */
export interface PrivilegedAccessEnded extends EventShape {
  type: 'PrivilegedAccessEnded'
  public: {
    accessId: string
    by: string
    operation: string
    outcome: AccessOutcome
    /** Rows in the answer; absent where it has none. */
    rows?: number
  }
  personal: object
}

export type SecurityEvent = SecurityEventRecorded | PrivilegedAccessStarted | PrivilegedAccessEnded
