import type { Outage } from '../../async/outage.js'
import type { Revocation } from '../../domain/revocation.js'
import { judge, type Revocable, type Revocations, type Revoked } from './revocations.js'

/** `revocation-unknown`: this node cannot verify right now whether the session was revoked. */
export type SessionRefusal = Revoked | { code: 'revocation-unknown' }

/**
 * Whether a verified token has been revoked: null if not. Answers synchronously, from memory, while the node knows that it is up to
 * date with the log.
 */
export type SessionCheck = (token: Revocable) => SessionRefusal | null | Promise<SessionRefusal | null>

/** How far this node may be behind the log. */
export interface Confirmation {
  /** Whether all revocations up to the head of less than 2 s ago have been noted. */
  isFresh(): boolean
  /** Reads the head and resolves with it once everything up to it is noted, or shortly after. Null if the log does not answer. */
  renew(): Promise<{ head: string } | null>
  /** Whether an answer requested at that time (of `now`) is too old to be used. */
  isStale(since: number): boolean
  now(): number
}

export interface SessionCheckDeps {
  revocations: Pick<Revocations, 'refusalOf'>
  confirmation: Confirmation
  /** Revocations of the session and its user from the database, complete up to `head`; null if it is not that far. */
  lookUp(token: Revocable, head: string): Promise<readonly Revocation[] | null>
  /** The same as the confirmation's, which ends it. */
  outage: Pick<Outage, 'failed'>
}

const UNKNOWN = { code: 'revocation-unknown' } as const
const MAX_TRIES = 3

export function createSessionCheck({ revocations, confirmation, lookUp, outage }: SessionCheckDeps): SessionCheck {
  async function lookUpRefusal(token: Revocable, renewed: { head: string } | null): Promise<SessionRefusal | null> {
    const found = renewed === null ? null : await lookUp(token, renewed.head).catch(lookUpFailed)
    if (found === null) return UNKNOWN
    return found.map((revocation) => judge(revocation, token)).find((refusal) => refusal !== null) ?? null
  }

  function lookUpFailed(error: unknown): null {
    outage.failed(error)
    return null
  }

  /** If the process was suspended meanwhile, the answer (or error) is stale, and it asks again. */
  async function ask(token: Revocable): Promise<SessionRefusal | null> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const began = confirmation.now()
      const renewed = await confirmation.renew()
      if (confirmation.isFresh()) return revocations.refusalOf(token)
      const answer = await lookUpRefusal(token, renewed)
      if (!confirmation.isStale(began)) return answer
    }
    return UNKNOWN
  }

  return (token) => revocations.refusalOf(token) ?? (confirmation.isFresh() ? null : ask(token))
}
