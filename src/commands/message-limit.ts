import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** How many messages a person may send a minute, over REST and sockets together. */
export interface MessageLimit {
  /** Takes one from the person's minute: null, or the milliseconds until there is one again. */
  take(userId: string): Promise<number | null>
  /** Gives one back, for a command that turned out to be a repeat. */
  giveBack(userId: string): Promise<void>
}

/** `perMinute` 0 means no limit. */
export function createMessageLimit(perMinute: number): MessageLimit {
  if (perMinute === 0) return { take: () => Promise.resolve(null), giveBack: () => Promise.resolve() }
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 })
  return {
    async take(userId) {
      try {
        await limiter.consume(userId)
        return null
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused
        return Math.max(1, refused.msBeforeNext)
      }
    },
    async giveBack(userId) {
      await limiter.reward(userId)
    },
  }
}
