import type { RedisConnection } from '../limits/redis.js'

/** Longer than any read model is behind while its node serves. */
const SECONDS_KEPT = 60

/** Each user's last command on any node, so that their next query waits for it wherever it arrives. */
export interface SharedOwnWrites {
  note(userId: string, position: string): void
  /** Null where there is none, or Redis does not answer: then a query waits for the commands of its own node alone. */
  lastOf(userId: string): Promise<string | null>
}

/** `logId` keeps installations apart that share one Redis. */
export function createOwnWritesInRedis({ client, ask, write }: RedisConnection, logId: string): SharedOwnWrites {
  const nameOf = (userId: string): string => `parley:own-write:${logId}:${userId}`
  return {
    note: (userId, position) =>
      void write(() => client.set(nameOf(userId), position, 'EX', SECONDS_KEPT)).catch(() => null),
    lastOf: (userId) => ask(() => client.get(nameOf(userId))).catch(() => null),
  }
}
