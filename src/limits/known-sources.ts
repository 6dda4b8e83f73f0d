import { LRUCache } from 'lru-cache'
import type { RedisConnection } from './redis.js'

const DAYS_KNOWN = 30
const MAX_KNOWN = 50_000

/** ClientInfo people have logged in before. Keys are hashes: neither addresses of people nor of machines are kept. */
export interface KnownSources {
  isKnown(key: string): Promise<boolean>
  remember(key: string): Promise<void>
}

/** With Redis, what one node knows all know; without, or while it is away, what this one has seen. */
export function createKnownSources(redis: RedisConnection | null): KnownSources {
  const here = new LRUCache<string, true>({ max: MAX_KNOWN })
  const nameOf = (key: string): string => `parley:known:${key}`
  return {
    async isKnown(key) {
      if (here.has(key)) return true
      const there = await redis?.ask(() => redis.client.exists(nameOf(key))).catch(() => 0)
      return there === 1
    },
    async remember(key) {
      here.set(key, true)
      await redis?.ask(() => redis.client.set(nameOf(key), 1, 'EX', DAYS_KNOWN * 86_400)).catch(() => null)
    },
  }
}
