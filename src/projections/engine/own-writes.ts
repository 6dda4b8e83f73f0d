import { createBoundedCache } from '../../async/bounded-cache.js'
import type { Position } from '../../eventstore/event-log.js'

/** Each user's last command on this node, so that their next query waits for it. Bounded. */
export interface OwnWrites {
  note(userId: string, position: Position): void
  /** Null where there is none that a projection could still lack. */
  of(userId: string): Position | null
  /** Drops a user's entry once its position is examined. */
  examined(userId: string, position: Position): void
}

export function createOwnWrites(comparePositions: (a: Position, b: Position) => number, most = 100_000): OwnWrites {
  const last = createBoundedCache<string, Position>(most)
  return {
    note(userId, position) {
      const known = last.get(userId)
      if (known === undefined || comparePositions(position, known) > 0) last.set(userId, position)
    },
    of: (userId) => last.get(userId) ?? null,
    examined(userId, position) {
      if (last.get(userId) === position) last.delete(userId)
    },
  }
}
