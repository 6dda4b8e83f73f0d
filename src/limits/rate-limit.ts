import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Quota, Refusal } from './quota.js'
import type { RedisConnection } from './redis.js'

export interface Taken extends Quota {
  /** Takes it back; does nothing once the window is over. */
  giveBack(): Promise<void>
}

/** `points` per window of `seconds`, which begins with the first use: shared by all nodes of one Redis, else per node. */
export interface RateLimit {
  /** Never rejects: while Redis is unreachable, this node counts alone. */
  take(key: string, points?: number): Promise<Taken | Refusal>
}

export interface RateLimitOptions {
  name: string
  points: number
  seconds: number
  redis: RedisConnection | null
}

export const isRefused = (taken: Taken | Refusal): taken is Refusal => 'retryAfterMs' in taken

/**
 * Adds points unless the sum would pass the limit, so a refused call costs nothing. Giving back neither starts a window nor takes one
 * below zero. ARGV: points, seconds, limit. Returns the sum it would have reached, and the milliseconds left.
 */
const COUNT = `
local points = tonumber(ARGV[1])
if points < 0 and tonumber(redis.call('get', KEYS[1]) or '0') + points < 0 then return {0, 0} end
redis.call('set', KEYS[1], 0, 'EX', ARGV[2], 'NX')
local taken = redis.call('incrby', KEYS[1], points)
if taken > tonumber(ARGV[3]) then redis.call('decrby', KEYS[1], points) end
return {taken, redis.call('pttl', KEYS[1])}`

/** A window this close to its end may already have ended in Redis. */
const END_MARGIN_MS = 300

export function createRateLimit({ name, points, seconds, redis }: RateLimitOptions): RateLimit {
  const local = new RateLimiterMemory({ points, duration: seconds })
  const shared =
    redis === null
      ? null
      : new RateLimiterRedis({
          storeClient: redis.client,
          keyPrefix: `parley:limit:${name}`,
          points,
          duration: seconds,
          rejectIfRedisNotReady: true,
          customIncrTtlLuaScript: COUNT,
        })

  function quotaOf({ remainingPoints, msBeforeNext }: RateLimiterRes): Quota {
    return { name, limit: points, windowSeconds: seconds, remaining: remainingPoints, resetMs: msBeforeNext }
  }

  function taken(result: RateLimiterRes, giveBack: () => Promise<unknown>): Taken {
    const endsAt = performance.now() + result.msBeforeNext - END_MARGIN_MS
    return {
      ...quotaOf(result),
      async giveBack() {
        if (performance.now() < endsAt) await giveBack().catch(() => undefined)
      },
    }
  }

  const refusal = (result: RateLimiterRes): Refusal => ({
    ...quotaOf(result),
    retryAfterMs: Math.max(1, result.msBeforeNext),
  })

  async function takeHere(key: string, count: number): Promise<Taken | Refusal> {
    try {
      return taken(await local.consume(key, count), () => local.reward(key, count))
    } catch (refused) {
      await local.reward(key, count)
      return refusal(refused as RateLimiterRes)
    }
  }

  return {
    async take(key, count = 1) {
      if (redis === null || shared === null) return takeHere(key, count)
      try {
        return taken(await redis.ask(() => shared.consume(key, count)), () =>
          redis.ask(() => shared.reward(key, count)),
        )
      } catch (failure) {
        return failure instanceof RateLimiterRes ? refusal(failure) : takeHere(key, count)
      }
    },
  }
}
