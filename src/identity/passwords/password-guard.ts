import { addressKey } from '../../limits/address-key.js'
import { createKnownSources } from '../../limits/known-sources.js'
import { createLimit, isRefused, type Taken } from '../../limits/limit.js'
import type { Refusal } from '../../limits/quota.js'
import type { RedisConnection } from '../../limits/redis.js'
import type { Source } from '../../limits/request-limits.js'
import { createKeyedMutex } from '../../async/keyed-mutex.js'
import { normaliseEmail } from '../accounts/email.js'

const WINDOW_SECONDS = 15 * 60
/** Failures in a window. */
const MAX_FAILURES = {
  /** Of one source at one address. */
  'password-pair': 10,
  /** Of one source at all addresses. */
  'password-source': 50,
  /** At one address, of all sources that never logged in to it; the others go on. */
  'password-address': 30,
  /** Of someone who is logged in, at their own password, from wherever. */
  'password-account': 10,
} as const

type Rule = keyof typeof MAX_FAILURES

/** Their names, as metrics give them. */
export const passwordLimits = Object.keys(MAX_FAILURES)

/** Counts, for it tells that an address is somebody's; but nobody failed to log in. */
const NO_LOGIN = 'email-taken'

/** Whose password is tried: by the address that was typed, or by the person who is logged in. */
export type PasswordOf = { email: string } | { userId: string }

/** A check that failed says so by a code; `userId` is whose password it was, where there is such a person. */
type Failed = { code: string; userId?: string }

/**
 * Runs a check of a password, unless too many have failed. An attempt counts before it is made, so that many at once are no way
 * around it, and is given back when the password was right.
 *
 *   const account = await passwordGuard({ email }, client, () => accounts.login(body))
 *   if ('code' in account || 'retryAfterMs' in account) throw asProblem(account)
 */
export type PasswordGuard = <Result extends object>(
  whose: PasswordOf,
  source: Source,
  check: () => Promise<Result>,
) => Promise<Result | Refusal>

export interface PasswordGuardDeps {
  isOn: boolean
  redis: RedisConnection | null
  /** A keyed hash: what is typed as an address is kept nowhere else. */
  hash(text: string): string
  onFailed(source: Source, whose: { userId?: string; subject?: string }): void
  onRefused(limit: string, source: Source, userId: string | null): void
}

export function createPasswordGuard(deps: PasswordGuardDeps): PasswordGuard {
  const { isOn, redis, hash, onFailed, onRefused } = deps
  const known = createKnownSources(redis)
  const inTurn = createKeyedMutex()
  const limitOf = (name: Rule) => createLimit({ name, points: MAX_FAILURES[name], seconds: WINDOW_SECONDS, redis })
  const limits = {
    pair: limitOf('password-pair'),
    source: limitOf('password-source'),
    address: limitOf('password-address'),
    account: limitOf('password-account'),
  }

  /** Each limit that an attempt counts against; `pair` is what makes a source known. */
  async function countedBy(whose: PasswordOf, ip: string) {
    const source = hash(addressKey(ip))
    if ('userId' in whose) {
      return { pair: null, counts: [limits.account.take(whose.userId), limits.source.take(source)] }
    }
    const address = hash(normaliseEmail(whose.email))
    const pair = hash(`${address} ${source}`)
    const counts = [limits.pair.take(pair), limits.source.take(source)]
    if (!(await known.isKnown(pair))) counts.push(limits.address.take(address))
    return { pair, counts }
  }

  const giveBack = (taken: readonly (Taken | Refusal)[]): Promise<unknown> =>
    Promise.all(taken.flatMap((each) => (isRefused(each) ? [] : [each.giveBack()])))

  function failed(result: object, whose: PasswordOf, source: Source): boolean {
    if (!('code' in result)) return false
    if (result.code === NO_LOGIN) return true
    const { userId } = 'userId' in whose ? whose : (result as Failed)
    onFailed(source, userId === undefined ? { subject: subjectOf(whose) } : { userId })
    return true
  }

  async function guarded<Result extends object>(
    whose: PasswordOf,
    source: Source,
    check: () => Promise<Result>,
  ): Promise<Result | Refusal> {
    const { pair, counts } = await countedBy(whose, source.ip)
    const taken = await Promise.all(counts)
    const refusal = taken.find(isRefused)
    if (refusal !== undefined) {
      await giveBack(taken)
      onRefused(refusal.name, source, 'userId' in whose ? whose.userId : null)
      return refusal
    }
    let result: Result
    try {
      result = await check()
    } catch (error) {
      await giveBack(taken)
      throw error
    }
    if (failed(result, whose, source)) return result
    await Promise.all([giveBack(taken), pair === null ? undefined : known.remember(pair)])
    return result
  }

  return async (whose, source, check) => {
    if (isOn) return inTurn(JSON.stringify([whose, source.ip]), () => guarded(whose, source, check))
    const result = await check()
    failed(result, whose, source)
    return result
  }
}

const subjectOf = (whose: PasswordOf): string => ('email' in whose ? normaliseEmail(whose.email) : whose.userId)
