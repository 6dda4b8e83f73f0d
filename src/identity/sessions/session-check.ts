import type { Revocation } from '../../domain/revocation.js'
import { judge, type Revocable, type Revocations, type Revoked } from './revocations.js'

/** `revocation-unknown`: this node cannot tell just now whether the session still holds. */
export type SessionRefusal = Revoked | { code: 'revocation-unknown' }

/**
 * Whether a token that was verified still has its force: null where it has. Answers at once, without asking anybody, as long as the
 * node knows itself to be up to date.
 */
export type SessionCheck = (token: Revocable) => SessionRefusal | null | Promise<SessionRefusal | null>

/** What the node knows of how far behind it may be. */
export interface Confirmation {
  /** Whether everything up to the log's head of less than 2 s ago has been noted. */
  isFresh(): boolean
  /** Asks for the head anew, and gives it as soon as all up to it is noted, or a little later. Null where the log does not answer. */
  renew(): Promise<{ head: string } | null>
  /** Whether an answer begun at this moment (of `now`) is too old to go by. */
  isStale(since: number): boolean
  now(): number
}

export interface SessionCheckDeps {
  revocations: Pick<Revocations, 'refusalOf'>
  confirmation: Confirmation
  /** What the database knows of the session and its person, complete up to `head`; null where it does not reach so far. */
  lookUp(token: Revocable, head: string): Promise<readonly Revocation[] | null>
}

const UNKNOWN = { code: 'revocation-unknown' } as const
const MAX_TRIES = 3

export function createSessionCheck({ revocations, confirmation, lookUp }: SessionCheckDeps): SessionCheck {
  async function lookedUp(token: Revocable, renewed: { head: string } | null): Promise<SessionRefusal | null> {
    const found = renewed === null ? null : await lookUp(token, renewed.head).catch(() => null)
    if (found === null) return UNKNOWN
    return found.map((revocation) => judge(revocation, token)).find((refusal) => refusal !== null) ?? null
  }

  /** Where the process stood still while it asked, the answer is as old as that, and so is an error: it asks again. */
  async function ask(token: Revocable): Promise<SessionRefusal | null> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const began = confirmation.now()
      const renewed = await confirmation.renew()
      if (confirmation.isFresh()) return revocations.refusalOf(token)
      const answer = await lookedUp(token, renewed)
      if (!confirmation.isStale(began)) return answer
    }
    return UNKNOWN
  }

  return (token) => revocations.refusalOf(token) ?? (confirmation.isFresh() ? null : ask(token))
}
