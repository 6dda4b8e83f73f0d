import { createRateLimit, type Taken } from '../limits/rate-limit.js'
import type { Refusal } from '../limits/quota.js'
import type { RedisConnection } from '../limits/redis.js'
import type { BotOwnerOf } from './bot-owners.js'

/** The limit that all bots and incoming webhooks of one user share; users themselves have `messages`. */
export const BOT_MESSAGES_LIMIT = 'bot-messages'

/** How many messages a user may send a minute, over REST and sockets together. */
export interface MessageLimit {
  /** Takes `messages` (1 by default), or none; null if there is no limit. */
  take(userId: string, messages?: number): Promise<Taken | Refusal | null>
}

export interface MessageLimitOptions {
  redis?: RedisConnection | null
  botOwnerOf?: BotOwnerOf
}

const A_MINUTE = 60

/** `perMinute` 0 means no limit. With Redis, the minute is shared by all nodes. */
export function createMessageLimit(perMinute: number, options: MessageLimitOptions = {}): MessageLimit {
  const { redis = null, botOwnerOf = () => Promise.resolve(null) } = options
  if (perMinute === 0) return { take: () => Promise.resolve(null) }
  const limitOf = (name: string) => createRateLimit({ name, points: perMinute, seconds: A_MINUTE, redis })
  const [ofUsers, ofBots] = [limitOf('messages'), limitOf(BOT_MESSAGES_LIMIT)]
  return {
    async take(userId, messages) {
      const ownerId = await botOwnerOf(userId)
      return ownerId === null ? ofUsers.take(userId, messages) : ofBots.take(ownerId, messages)
    },
  }
}
