import type { Revocation } from '../../domain/revocation.js'
import type { Claims } from './tokens.js'

/** `token-revoked`: a refresh gives another one. `session-revoked`: only a login does. */
export interface Revoked {
  code: 'token-revoked' | 'session-revoked'
}

/** The part of a token that a revocation is about. */
export type Revocable = Pick<Claims, 'userId' | 'sessionId' | 'generation'>

/** Judged by session and generation alone, never by time: clocks of nodes differ. Null for one that leaves the token its force. */
export function judge(revocation: Revocation, { userId, sessionId, generation }: Revocable): Revoked | null {
  if (revocation.kind === 'session') return revocation.sessionId === sessionId ? SESSION : null
  if (revocation.userId !== userId || generation >= revocation.generation) return null
  return revocation.isOver ? SESSION : TOKEN
}

const SESSION: Revoked = { code: 'session-revoked' }
const TOKEN: Revoked = { code: 'token-revoked' }

/** What this node knows to be revoked. */
export interface Revocations {
  /** In the order of the log; the same again does no harm. */
  note(revocation: Revocation): void
  /** Null where nothing known speaks against it. */
  refusalOf(token: Revocable): Revoked | null
  /** Tells of each one that is noted from here on, whose it is. */
  listen(listener: (userId: string) => void): void
}

export interface RevocationOptions {
  clock: () => Date
  /** After this time no token is left that could have been issued before. */
  keepMs: number
}

/** The revocations of the last token lifetime, in memory; older ones are dropped, for their tokens have expired. */
export function createRevocations({ clock, keepMs }: RevocationOptions): Revocations {
  const sessions = new Map<string, Revocation>()
  const accounts = new Map<string, Revocation>()
  const listeners: ((userId: string) => void)[] = []

  function keep(map: Map<string, Revocation>, key: string, revocation: Revocation): void {
    map.delete(key)
    map.set(key, revocation) // the latest stands last
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

/** Looks from the oldest on, and no further than the first to be kept. */
function dropOld(map: Map<string, Revocation>, before: number): void {
  for (const [key, { at }] of map) {
    if (Date.parse(at) >= before) return
    map.delete(key)
  }
}
