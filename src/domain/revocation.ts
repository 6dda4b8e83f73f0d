import type { AnyEvent } from './any-event.js'
import type { PublicEvent } from './event.js'

/** Invalidates access tokens before they expire: those of one session, or of a user up to a generation. */
export type Revocation =
  | { kind: 'session'; userId: string; sessionId: string; at: string }
  /** Of tokens issued under a lower generation. `isOver`: their sessions are at an end too, so that no refresh helps. */
  | { kind: 'account'; userId: string; generation: number; isOver: boolean; at: string }

/** Where to look for them. */
export const revokingStreams: readonly string[] = ['user-', 'roles']

const revokingTypes: ReadonlySet<string> = new Set<AnyEvent['type']>([
  'SessionRevoked',
  'RolesChanged',
  'UserDeactivated',
  'UserReactivated',
  'UserErasureRequested',
])

/** Told by the type alone, so that the many others need not be read; a type that is not known yet is none. */
export const isRevoking = ({ type }: { type: string }): boolean => revokingTypes.has(type)

/** `version` is the event's, `at` its recorded time. Null for an event that revokes nothing. */
export function revocationOf(event: PublicEvent<AnyEvent>, version: number, at: string): Revocation | null {
  switch (event.type) {
    case 'SessionRevoked':
      return { kind: 'session', userId: event.userId, sessionId: event.sessionId, at }
    case 'RolesChanged':
      return { kind: 'account', userId: event.userId, generation: version, isOver: false, at }
    case 'UserDeactivated':
    case 'UserReactivated':
    case 'UserErasureRequested':
      return { kind: 'account', userId: event.userId, generation: version, isOver: true, at }
    default:
      return null
  }
}
