import type { Revocation } from '../../domain/revocation.js'
import type { Claims } from './tokens.js'

/** `token-revoked`: a refresh gives a valid token. `session-revoked`: only a login does. */
export interface Revoked {
  code: 'token-revoked' | 'session-revoked'
}

/** The claims that a revocation is compared with. */
export type Revocable = Pick<Claims, 'userId' | 'sessionId' | 'generation'>

/** Compares session and generation, never times, because the clocks of nodes differ. Null if the token is still valid. */
export function judge(revocation: Revocation, { userId, sessionId, generation }: Revocable): Revoked | null {
  if (revocation.kind === 'session') return revocation.sessionId === sessionId ? SESSION : null
  if (revocation.userId !== userId || generation >= revocation.generation) return null
  return revocation.isOver ? SESSION : TOKEN
}

const SESSION: Revoked = { code: 'session-revoked' }
const TOKEN: Revoked = { code: 'token-revoked' }

/** The revocations that this node knows. */
export interface Revocations {
  /** In the order of the log; noting one twice has no effect. */
  note(revocation: Revocation): void
  /** Null if no known revocation applies. */
  refusalOf(token: Revocable): Revoked | null
  /** Calls the listener with the user of every revocation noted from now on. */
  listen(listener: (userId: string) => void): void
}

export interface RevocationOptions {
  clock: () => Date
  /** Longer than any token lives. */
  keepMs: number
}

/** The revocations of the last token lifetime, in memory. Older ones are dropped, since their tokens have expired. */
export function createRevocations({ clock, keepMs }: RevocationOptions): Revocations {
  const sessions = new Map<string, Revocation>()
  const accounts = new Map<string, Revocation>()
  const listeners: ((userId: string) => void)[] = []

  function keep(map: Map<string, Revocation>, key: string, revocation: Revocation): void {
    map.delete(key)
    map.set(key, revocation) // keeps the map in order of time
    dropOld(map, clock().getTime() - keepMs)
  }

  return {
    note(revocation) {
      if (revocation.kind === 'session') keep(sessions, revocation.sessionId, revocation)
      else keep(accounts, revocation.userId, revocation)
      for (const listener of listeners) listener(revocation.userId)
    },
    refusalOf(token) {
      const known = [sessions.get(token.sessionId), accounts.get(token.userId)]
      for (const revocation of known) {
        const refusal = revocation === undefined ? null : judge(revocation, token)
        if (refusal !== null) return refusal
      }
      return null
    },
    listen: (listener) => void listeners.push(listener),
  }
}

/** The map is ordered by time, so this stops at the first that is kept. */
function dropOld(map: Map<string, Revocation>, before: number): void {
  for (const [key, { at }] of map) {
    if (Date.parse(at) >= before) return
    map.delete(key)
  }
}
