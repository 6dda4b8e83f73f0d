import { createRateLimit, type Taken } from '../limits/rate-limit.js'
import type { Refusal } from '../limits/quota.js'
import type { RedisConnection } from '../limits/redis.js'

/** How many messages a person may send a minute, over REST and sockets together. */
export interface MessageLimit {
  /** Takes one from the person's minute; null where there is no limit. */
  take(userId: string): Promise<Taken | Refusal | null>
}

/** `perMinute` 0 means no limit. Through Redis, the minute is one over all nodes. */
export function createMessageLimit(perMinute: number, redis: RedisConnection | null = null): MessageLimit {
  if (perMinute === 0) return { take: () => Promise.resolve(null) }
  return createRateLimit({ name: 'messages', points: perMinute, seconds: 60, redis })
}
