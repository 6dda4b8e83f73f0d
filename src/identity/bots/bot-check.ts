import { LRUCache } from 'lru-cache'
import type { BotClaims, BotTokens } from './bot-tokens.js'
import type { SessionDeps } from '../sessions/session-deps.js'

/** `session-revoked`: the bot or its owner is deactivated. `revocation-unknown`: this node cannot tell just now. */
export interface BotRefusal {
  code: 'invalid-token' | 'token-expired' | 'session-revoked' | 'revocation-unknown'
}

/** Whom a bot's token lets in. */
export type BotCheck = (token: string) => Promise<BotClaims | BotRefusal>

export interface BotCheckDeps extends Pick<BotTokens, 'find'>, Pick<SessionDeps, 'accountStatusOf' | 'clock'> {
  /** In ms, of a clock that is never set. */
  now?: () => number
}

interface Look {
  began: number
  answer: Promise<BotClaims | BotRefusal>
}

/** An answer serves those who come within this time of the moment at which it was asked for, */
const SERVES_MS = 1_000
/** and is nobody's after this one: so long may a token that was taken back still be good. */
const STALE_MS = 2_000
const MAX_REMEMBERED = 10_000

/**
 * A bot's token may outlive every revocation that a node keeps in mind, so its row, and in the log whether its bot and its owner are
 * active, are looked up anew each second in which it is used: one row by its hash, and what is new of the stream of roles.
 */
export function createBotCheck({
  find,
  accountStatusOf,
  clock,
  now = () => performance.now(),
}: BotCheckDeps): BotCheck {
  const looks = new LRUCache<string, Look>({ max: MAX_REMEMBERED })

  async function lookUp(token: string): Promise<BotClaims | BotRefusal> {
    const claims = await find(token)
    if (claims === null) return { code: 'invalid-token' }
    const accountStatuses = await Promise.all([accountStatusOf(claims.userId), accountStatusOf(claims.ownerId)])
    return accountStatuses.every(({ isActive }) => isActive) ? claims : { code: 'session-revoked' }
  }

  function look(token: string): Look {
    const known = looks.get(token)
    if (known !== undefined && now() - known.began < SERVES_MS) return known
    const begun = { began: now(), answer: lookUp(token).catch(() => UNKNOWN) }
    looks.set(token, begun)
    return begun
  }

  return async (token) => {
    const { began, answer } = look(token)
    const found = await answer
    if ('code' in found) looks.delete(token) // no room for what is made up
    // A process that stood still has an answer as old as that.
    if (now() - began > STALE_MS) return UNKNOWN
    return 'code' in found || found.expiresAt > clock() ? found : { code: 'token-expired' }
  }
}

const UNKNOWN: BotRefusal = { code: 'revocation-unknown' }
