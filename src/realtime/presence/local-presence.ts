import { createBoundedCache } from '../../async/bounded-cache.js'
import type { Presence, PresenceListener, PresenceStore } from './presence.js'

/** Users of whom it is remembered when they were seen last; the longest unused are forgotten. */
const MAX_REMEMBERED = 100_000

/** Of one process alone. */
export function createLocalPresence(clock: () => Date): PresenceStore {
  const sockets = new Map<string, Set<string>>()
  const lastSeen = createBoundedCache<string, Date>(MAX_REMEMBERED)
  const listeners: PresenceListener[] = []

  function changed(userId: string): void {
    lastSeen.set(userId, clock())
    for (const { onChanged } of listeners) onChanged(userId)
  }

  function presenceOf(userId: string): Presence {
    const deviceCount = sockets.get(userId)?.size ?? 0
    const isOnline = deviceCount > 0
    return { userId, isOnline, lastSeen: isOnline ? clock() : (lastSeen.get(userId) ?? null), deviceCount }
  }

  return {
    connected({ userId, socketId }) {
      const known = sockets.get(userId)
      sockets.set(userId, (known ?? new Set()).add(socketId))
      if (known === undefined) changed(userId)
    },
    disconnected({ userId, socketId }) {
      const known = sockets.get(userId)
      known?.delete(socketId)
      if (known?.size !== 0) return
      sockets.delete(userId)
      changed(userId)
    },
    forget: (userId) => void lastSeen.delete(userId),
    read: (userIds) => Promise.resolve(userIds.map(presenceOf)),
    listen: (listener) => void listeners.push(listener),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
