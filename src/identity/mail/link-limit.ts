import { createLimit, isRefused } from '../../limits/limit.js'
import type { RedisConnection } from '../../limits/redis.js'

export const LINK_LIMIT = 'mailed-links'
const MAX_LINKS = 5
const WINDOW_SECONDS = 60 * 60

/**
 * Whether one more link may be mailed to an address, or for a person: anyone can have links mailed to anyone, and nobody's mailbox is to
 * be filled by it. Whoever asked is told nothing.
 */
export type MayMailLink = (to: { email: string } | { userId: string }) => Promise<boolean>

export interface LinkLimitDeps {
  isOn: boolean
  redis: RedisConnection | null
  /** A keyed hash: addresses are kept nowhere else. */
  hash(text: string): string
  onRefused(limit: string): void
}

export function createLinkLimit({ isOn, redis, hash, onRefused }: LinkLimitDeps): MayMailLink {
  const limit = createLimit({ name: LINK_LIMIT, points: MAX_LINKS, seconds: WINDOW_SECONDS, redis })
  return async (to) => {
    if (!isOn) return true
    const isOver = isRefused(await limit.take('email' in to ? hash(to.email) : to.userId))
    if (isOver) onRefused(LINK_LIMIT)
    return !isOver
  }
}
