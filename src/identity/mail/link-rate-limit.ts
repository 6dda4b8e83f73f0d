import { createRateLimit, isRefused } from '../../limits/rate-limit.js'
import { mailboxOf } from '../accounts/email.js'
import type { RedisConnection } from '../../limits/redis.js'

export const LINK_RATE_LIMIT = 'mailed-links'
const MAX_LINKS = 5
const WINDOW_SECONDS = 60 * 60

/**
 * Whether one more link may be mailed to an address, or on behalf of a user. Anyone can have links mailed to anyone, so this keeps
 * mailboxes from being flooded. The client is not told.
 */
export type MayMailLink = (to: { email: string } | { userId: string }) => Promise<boolean>

export interface LinkRateLimitDeps {
  isOn: boolean
  redis: RedisConnection | null
  /** A keyed hash: limits never store the address itself. */
  hash(text: string): string
  onRefused(limit: string): void
}

export function createLinkRateLimit({ isOn, redis, hash, onRefused }: LinkRateLimitDeps): MayMailLink {
  const limit = createRateLimit({ name: LINK_RATE_LIMIT, points: MAX_LINKS, seconds: WINDOW_SECONDS, redis })
  return async (to) => {
    if (!isOn) return true
    const isOver = isRefused(await limit.take('email' in to ? hash(mailboxOf(to.email)) : to.userId))
    if (isOver) onRefused(LINK_RATE_LIMIT)
    return !isOver
  }
}
