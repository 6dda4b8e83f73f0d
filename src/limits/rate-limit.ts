import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { createLocalWindow } from './local-window.js'
import type { Quota, Refusal } from './quota.js'
import type { RedisConnection } from './redis.js'

export interface Taken extends Quota {
  /** Takes it back; does nothing once the window is over. */
  giveBack(): Promise<void>
}

/** `points` per window of `seconds`, which begins with the first use: shared by all nodes of one Redis, else per node. */
export interface RateLimit {
  /** Takes `points` (1 by default) or none. Never rejects: while Redis is unreachable, this node counts alone. */
  take(key: string, points?: number): Promise<Taken | Refusal>
}

export interface RateLimitOptions {
  name: string
  points: number
  seconds: number
  redis: RedisConnection | null
}

export const isRefused = <Given extends object>(taken: Given): taken is Extract<Given, Refusal> =>
  'retryAfterMs' in taken

/** Gives back whatever of these was taken. */
export const giveAllBack = (taken: readonly (Taken | Refusal)[]): Promise<unknown> =>
  Promise.all(taken.flatMap((each) => (isRefused(each) ? [] : [each.giveBack()])))

/**
 * Adds points unless the sum would pass the limit, so a refused call costs nothing. Giving back neither starts a window nor takes one
 * below zero. No window lasts longer than its length, even if the clock of Redis was set back. ARGV: points, seconds, limit. Returns the
 * sum it would have reached, and the milliseconds left.
 */
const COUNT = `
local points = tonumber(ARGV[1])
local window = tonumber(ARGV[2]) * 1000
if points < 0 and tonumber(redis.call('get', KEYS[1]) or '0') + points < 0 then return {0, 0} end
redis.call('set', KEYS[1], 0, 'PX', window, 'NX')
local taken = redis.call('incrby', KEYS[1], points)
if taken > tonumber(ARGV[3]) then redis.call('decrby', KEYS[1], points) end
local left = redis.call('pttl', KEYS[1])
if left > window then
  redis.call('pexpire', KEYS[1], window)
  left = window
end
return {taken, left}`

/** A window this close to its end may already have ended. */
const END_MARGIN_MS = 300

export function createRateLimit({ name, points: limit, seconds, redis }: RateLimitOptions): RateLimit {
  const local = createLocalWindow({ name, points: limit, seconds })
  const shared =
    redis === null
      ? null
      : new RateLimiterRedis({
          storeClient: redis.client,
          keyPrefix: `parley:limit:${name}`,
          points: limit,
          duration: seconds,
          rejectIfRedisNotReady: true,
          customIncrTtlLuaScript: COUNT,
        })

  const quotaOf = ({ remainingPoints, msBeforeNext }: RateLimiterRes): Quota => ({
    name,
    limit,
    windowSeconds: seconds,
    remaining: remainingPoints,
    resetMs: msBeforeNext,
  })

  function taken(quota: Quota, giveBack: () => unknown): Taken {
    const endsAt = performance.now() + quota.resetMs - END_MARGIN_MS
    return {
      ...quota,
      async giveBack() {
        if (performance.now() < endsAt) await Promise.resolve(giveBack()).catch(() => undefined)
      },
    }
  }

  function takeLocally(key: string, points: number): Taken | Refusal {
    const quota = local.take(key, points)
    return isRefused(quota) ? quota : taken(quota, () => local.giveBack(key, points))
  }

  return {
    async take(key, points = 1) {
      if (redis === null || shared === null) return takeLocally(key, points)
      try {
        const quota = quotaOf(await redis.write(() => shared.consume(key, points)))
        return taken(quota, () => redis.write(() => shared.reward(key, points)))
      } catch (failure) {
        if (!(failure instanceof RateLimiterRes)) return takeLocally(key, points)
        return { ...quotaOf(failure), retryAfterMs: Math.max(1, failure.msBeforeNext) }
      }
    },
  }
}
