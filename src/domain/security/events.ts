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

export type SecurityEvent = SecurityEventRecorded
