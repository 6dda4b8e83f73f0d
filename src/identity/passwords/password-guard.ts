import type { ClientInfo } from '../../domain/client-info.js'
import { addressKey } from '../../limits/address-key.js'
import { createKnownSources } from '../../limits/known-sources.js'
import { giveAllBack, createRateLimit, isRefused } from '../../limits/rate-limit.js'
import type { Refusal } from '../../limits/quota.js'
import type { RedisConnection } from '../../limits/redis.js'
import { createKeyedMutex } from '../../async/keyed-mutex.js'
import { normaliseEmail } from '../accounts/email.js'

const WINDOW_SECONDS = 15 * 60
/** Failures in a window. */
const MAX_FAILURES = {
  /** From one source at one address. */
  'password-pair': 10,
  /** From one source at all addresses. */
  'password-source': 50,
  /** At one address, from all sources that never logged in to it; known sources are not affected. */
  'password-address': 30,
  /** Of a logged-in user at their own password, from any source. */
  'password-account': 10,
} as const

type Rule = keyof typeof MAX_FAILURES

/** Names of the limits, as in metrics. */
export const passwordLimits = Object.keys(MAX_FAILURES)

/** Counts, since it reveals that an address is registered, but is not a failed login. */
const NO_LOGIN = 'email-taken'
/** The current password was right; only the new one is refused. */
const WEAK_PASSWORD = 'weak-password'

/** Whose password is checked: by the address that was entered, or by the user who is logged in. */
export type PasswordSubject = { email: string } | { userId: string }

/** The result of a failed check has a code; `userId` is the account, if there is one. */
type Failed = { code: string; userId?: string }

/**
 * Runs a password check unless too many have failed. An attempt counts before it is made, so that concurrent attempts cannot exceed the
 * limit, and is given back if the password was right.
 *
 *   const account = await passwordGuard({ email }, client, () => accounts.login(body))
 *   if ('code' in account || 'retryAfterMs' in account) throw asProblem(account)
 */
export type PasswordGuard = <Result extends object>(
  whose: PasswordSubject,
  client: ClientInfo,
  check: () => Promise<Result>,
) => Promise<Result | Refusal>

export interface PasswordGuardDeps {
  isOn: boolean
  redis: RedisConnection | null
  /** A keyed hash: limits never store the address itself. */
  hash(text: string): string
  onFailed(client: ClientInfo, whose: { userId?: string; subject?: string }): void
  onRefused(limit: string, client: ClientInfo, userId: string | null): void
}

export function createPasswordGuard(deps: PasswordGuardDeps): PasswordGuard {
  const { isOn, redis, hash, onFailed, onRefused } = deps
  const knownSources = createKnownSources(redis)
  const oneAtATime = createKeyedMutex()
  const limitOf = (name: Rule) => createRateLimit({ name, points: MAX_FAILURES[name], seconds: WINDOW_SECONDS, redis })
  const limits = {
    pair: limitOf('password-pair'),
    source: limitOf('password-source'),
    address: limitOf('password-address'),
    account: limitOf('password-account'),
  }

  /** The limits that an attempt counts against; `pair` is remembered as a known source after a success. */
  async function countsOf(whose: PasswordSubject, ip: string) {
    const source = hash(addressKey(ip))
    if ('userId' in whose) {
      return { pair: null, counts: [limits.account.take(whose.userId), limits.source.take(source)] }
    }
    const address = hash(normaliseEmail(whose.email))
    const pair = hash(`${address} ${source}`)
    const counts = [limits.pair.take(pair), limits.source.take(source)]
    if (!(await knownSources.isKnown(pair))) counts.push(limits.address.take(address))
    return { pair, counts }
  }

  /** One spelling per account and source, and nothing of what was typed. */
  const keyOf = (whose: PasswordSubject, { ip }: ClientInfo): string =>
    hash(`${addressKey(ip)} ${'userId' in whose ? whose.userId : normaliseEmail(whose.email)}`)

  function failed(result: object, whose: PasswordSubject, client: ClientInfo): boolean {
    if (!('code' in result) || result.code === WEAK_PASSWORD) return false
    if (result.code === NO_LOGIN) return true
    const { userId } = 'userId' in whose ? whose : (result as Failed)
    onFailed(client, userId === undefined ? { subject: subjectOf(whose) } : { userId })
    return true
  }

  async function guarded<Result extends object>(
    whose: PasswordSubject,
    client: ClientInfo,
    check: () => Promise<Result>,
  ): Promise<Result | Refusal> {
    const { pair, counts } = await countsOf(whose, client.ip)
    const taken = await Promise.all(counts)
    const refusal = taken.find(isRefused)
    if (refusal !== undefined) {
      await giveAllBack(taken)
      onRefused(refusal.name, client, 'userId' in whose ? whose.userId : null)
      return refusal
    }
    let result: Result
    try {
      result = await check()
    } catch (error) {
      await giveAllBack(taken)
      throw error
    }
    if (failed(result, whose, client)) return result
    await Promise.all([giveAllBack(taken), pair === null ? undefined : knownSources.remember(pair)])
    return result
  }

  return async (whose, client, check) => {
    if (isOn) return oneAtATime(keyOf(whose, client), () => guarded(whose, client, check))
    const result = await check()
    failed(result, whose, client)
    return result
  }
}

const subjectOf = (whose: PasswordSubject): string => ('email' in whose ? normaliseEmail(whose.email) : whose.userId)
