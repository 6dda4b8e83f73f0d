import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { createBoundedCache } from '../async/bounded-cache.js'
import type { FailureReport } from '../async/outage.js'
import { idSchema } from '../commands/catalogue/input-schemas.js'
import { openRedisChannel } from '../limits/redis-channel.js'
import type { RedisConnection } from '../limits/redis.js'

/** A user who types is announced at most once in this time in a chat. */
const INTERVAL_MS = 3_000
/** Users and chats of whom the last announcement is remembered. */
const MAX_REMEMBERED = 10_000

export interface TypingUser {
  chatId: string
  userId: string
}

/** As nodes announce it to each other. */
const announcementSchema = z.object({ node: z.string(), chatId: idSchema, userId: idSchema })

/** Who is typing: nothing of it is in the log, and what is lost is lost. */
export interface Typing extends AsyncDisposable {
  announce(typing: TypingUser): void
}

export interface TypingDeps {
  /** To this node's sockets. */
  send(typing: TypingUser): void
  clock: () => Date
  report: FailureReport
  /** Null where there is none: then this node's sockets alone learn of it. */
  redis: RedisConnection | null
  /** Keeps installations apart that share one Redis. */
  logId: string
}

export function createTyping({ send, clock, report, redis, logId }: TypingDeps): Typing {
  const node = randomUUID()
  const announced = createBoundedCache<string, number>(MAX_REMEMBERED)
  const channel =
    redis === null ? null : openRedisChannel(redis, `parley:typing:${logId}`, { onText: onAnnounced, report })

  function onAnnounced(text: string): void {
    const { data } = announcementSchema.safeParse(parseJson(text))
    if (data !== undefined && data.node !== node) send({ chatId: data.chatId, userId: data.userId })
  }

  return {
    announce(typing) {
      const name = `${typing.chatId} ${typing.userId}`
      const now = clock().getTime()
      if (Math.abs(now - (announced.get(name) ?? Number.NEGATIVE_INFINITY)) < INTERVAL_MS) return
      announced.set(name, now)
      send(typing)
      channel?.publish(JSON.stringify({ node, ...typing }))
    },
    async [Symbol.asyncDispose]() {
      await channel?.[Symbol.asyncDispose]()
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
