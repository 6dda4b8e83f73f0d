import type { FollowerReport } from '../../followers/follower.js'
import type { Position } from '../../eventstore/event-log.js'

export interface KnownFollower {
  name: string
  progress: { readonly position: Position }
}

/** The background work of this process that follows the log. */
export interface FollowerList extends Pick<Required<FollowerReport>, 'onFollowing'> {
  all(): readonly KnownFollower[]
}

export function createFollowerList(): FollowerList {
  const followers = new Set<KnownFollower>()
  return {
    onFollowing(follower) {
      followers.add(follower)
      return () => void followers.delete(follower)
    },
    all: () => [...followers],
  }
}
