import { createBoundedCache } from '../async/bounded-cache.js'
import type { RedisConnection } from './redis.js'

const DAYS_KNOWN = 30
const MAX_KNOWN = 50_000

/** Sources that users logged in from before. Keys are hashes: neither e-mail nor IP addresses are stored. */
export interface KnownSources {
  isKnown(key: string): Promise<boolean>
  remember(key: string): Promise<void>
}

/** Shared by all nodes of one Redis; without Redis, or while it is unreachable, known to this node alone. */
export function createKnownSources(redis: RedisConnection | null): KnownSources {
  const local = createBoundedCache<string, true>(MAX_KNOWN)
  const nameOf = (key: string): string => `parley:known:${key}`
  return {
    async isKnown(key) {
      if (local.has(key)) return true
      const isShared = await redis?.ask(() => redis.client.exists(nameOf(key))).catch(() => 0)
      return isShared === 1
    },
    async remember(key) {
      local.set(key, true)
      await redis?.write(() => redis.client.set(nameOf(key), 1, 'EX', DAYS_KNOWN * 86_400)).catch(() => null)
    },
  }
}
