import { createRateLimit, type Taken } from '../limits/rate-limit.js'
import type { Refusal } from '../limits/quota.js'
import type { RedisConnection } from '../limits/redis.js'

/** How many messages a user may send a minute, over REST and sockets together. */
export interface MessageLimit {
  /** Takes one message from the user's minute, or `count`: all of them or none. Null where there is no limit. */
  take(userId: string, count?: number): Promise<Taken | Refusal | null>
}

/** `perMinute` 0 means no limit. Through Redis, the minute is one over all nodes. */
export function createMessageLimit(perMinute: number, redis: RedisConnection | null = null): MessageLimit {
  if (perMinute === 0) return { take: () => Promise.resolve(null) }
  return createRateLimit({ name: 'messages', points: perMinute, seconds: 60, redis })
}
