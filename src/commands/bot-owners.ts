import { createBoundedCache } from '../async/bounded-cache.js'
import { userStream } from '../domain/streams.js'
import type { StateOf } from './catalogue/facts.js'

/** The owner of a bot; null for any other user. */
export type BotOwnerOf = (userId: string) => Promise<string | null>

const MAX_REMEMBERED = 50_000

/** Whose bot a user is never changes, so each user's stream is asked once. */
export function createBotOwners(stateOf: StateOf): BotOwnerOf {
  const known = createBoundedCache<string, { ownerId: string | null }>(MAX_REMEMBERED)
  return async (userId) => {
    const remembered = known.get(userId)
    if (remembered !== undefined) return remembered.ownerId
    const user = await stateOf(userStream(userId), ({ status }) => status === 'active')
    if (user.status !== 'active') return null
    known.set(userId, { ownerId: user.ownerId })
    return user.ownerId
  }
}
