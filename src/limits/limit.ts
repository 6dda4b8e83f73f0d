import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Quota, Refusal } from './quota.js'
import type { RedisConnection } from './redis.js'

export interface Taken extends Quota {
  /** As if it had not been taken; nothing, once its window is over. */
  giveBack(): Promise<void>
}

/** So many in a window that begins with the first: exact over all nodes of one Redis, else on this node. */
export interface Limit {
  /** Never rejects: where Redis is away, this node counts for itself until it is back. */
  take(key: string): Promise<Taken | Refusal>
}

export interface LimitOptions {
  name: string
  points: number
  seconds: number
  redis: RedisConnection | null
}

export const isRefused = (taken: Taken | Refusal): taken is Refusal => 'retryAfterMs' in taken

/**
 * Counts, unless that passes the limit: what is refused takes nothing. Nor does giving back make a window, or bring one below zero.
 * ARGV: points, seconds, limit. Answers with what would have been taken, and the milliseconds left.
 */
const COUNT = `
local points = tonumber(ARGV[1])
if points < 0 and tonumber(redis.call('get', KEYS[1]) or '0') + points < 0 then return {0, 0} end
redis.call('set', KEYS[1], 0, 'EX', ARGV[2], 'NX')
local taken = redis.call('incrby', KEYS[1], points)
if taken > tonumber(ARGV[3]) then redis.call('decrby', KEYS[1], points) end
return {taken, redis.call('pttl', KEYS[1])}`

/** A window that ends so soon may have ended in Redis. */
const END_MARGIN_MS = 300

export function createLimit({ name, points, seconds, redis }: LimitOptions): Limit {
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

  function told({ remainingPoints, msBeforeNext }: RateLimiterRes): Quota {
    return { name, limit: points, windowSeconds: seconds, remaining: remainingPoints, resetMs: msBeforeNext }
  }

  function taken(result: RateLimiterRes, giveBack: () => Promise<unknown>): Taken {
    const endsAt = performance.now() + result.msBeforeNext - END_MARGIN_MS
    return {
      ...told(result),
      async giveBack() {
        if (performance.now() < endsAt) await giveBack().catch(() => undefined)
      },
    }
  }

  const refusal = (result: RateLimiterRes): Refusal => ({
    ...told(result),
    retryAfterMs: Math.max(1, result.msBeforeNext),
  })

  async function takeHere(key: string): Promise<Taken | Refusal> {
    try {
      return taken(await local.consume(key), () => local.reward(key))
    } catch (refused) {
      await local.reward(key)
      return refusal(refused as RateLimiterRes)
    }
  }

  return {
    async take(key) {
      if (redis === null || shared === null) return takeHere(key)
      try {
        return taken(await redis.ask(() => shared.consume(key)), () => redis.ask(() => shared.reward(key)))
      } catch (failure) {
        return failure instanceof RateLimiterRes ? refusal(failure) : takeHere(key)
      }
    },
  }
}
