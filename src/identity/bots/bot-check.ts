import { attempt } from '../../async/attempt.js'
import { createBoundedCache } from '../../async/bounded-cache.js'
import { createOutage, type FailureReport } from '../../async/outage.js'
import type { BotClaims, BotTokens } from './bot-tokens.js'
import type { SessionDeps } from '../sessions/session-deps.js'

/** `session-revoked`: the bot or its owner is deactivated. `revocation-unknown`: this node cannot verify it now. */
export interface BotRefusal {
  code: 'invalid-token' | 'token-expired' | 'session-revoked' | 'revocation-unknown'
}

/** The bot that a token stands for, or why it is refused. */
export type BotCheck = (token: string) => Promise<BotClaims | BotRefusal>

export interface BotCheckDeps extends Pick<BotTokens, 'find'>, Pick<SessionDeps, 'accountStatusOf' | 'clock'> {
  /** Whether a user takes part in a chat. */
  takesPart(chatId: string, userId: string): Promise<boolean>
  /** In ms, of a clock that is never set. */
  now?: () => number
  report: FailureReport
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
 * A bot's token may outlive every revocation that a node keeps in memory. So its row, whether its bot and its owner are active, and in which
 * of its chats the owner takes part are looked up anew each second in which it is used: one row by its hash, and what is new in the log.
 */
export function createBotCheck({
  find,
  accountStatusOf,
  takesPart,
  clock,
  now = () => performance.now(),
  report,
}: BotCheckDeps): BotCheck {
  const outage = createOutage('bot-check', report)
  const looks = createBoundedCache<string, Look>(MAX_REMEMBERED)

  async function lookUp(token: string): Promise<BotClaims | BotRefusal> {
    const claims = await find(token)
    if (claims === null) return { code: 'invalid-token' }
    const accountStatuses = await Promise.all([accountStatusOf(claims.userId), accountStatusOf(claims.ownerId)])
    if (!accountStatuses.every(({ isActive }) => isActive)) return { code: 'session-revoked' }
    const chatIds = await chatsWithOwner(claims)
    return chatIds.size === claims.chatIds.size ? claims : { ...claims, chatIds }
  }

  /** The chats of the token in which its owner takes part: elsewhere the bot is an outsider, whether it was removed or not. */
  async function chatsWithOwner({ chatIds, ownerId }: BotClaims): Promise<ReadonlySet<string>> {
    const ids = [...chatIds]
    const present = await Promise.all(ids.map((chatId) => takesPart(chatId, ownerId)))
    return new Set(ids.filter((_, index) => present[index]))
  }

  function look(token: string): Look {
    const known = looks.get(token)
    if (known !== undefined && now() - known.began < SERVES_MS) return known
    const begun = { began: now(), answer: attempt(outage, () => lookUp(token), UNKNOWN) }
    looks.set(token, begun)
    return begun
  }

  return async (token) => {
    const { began, answer } = look(token)
    const found = await answer
    if ('code' in found) looks.delete(token) // invalid tokens take no room
    // The process may have been suspended meanwhile.
    if (now() - began > STALE_MS) return UNKNOWN
    return 'code' in found || found.expiresAt > clock() ? found : { code: 'token-expired' }
  }
}

const UNKNOWN: BotRefusal = { code: 'revocation-unknown' }
