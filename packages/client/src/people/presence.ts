import { createEmitter } from '../async/emitter.js'
import type { components } from '../rest/openapi.js'
import type { Api } from '../rest/api.js'
import type { EventFeed } from '../realtime/event-feed.js'

export type Presence = components['schemas']['Presence']

/** Most ids of one request. */
const PAGE = 200

export interface PresenceWatch {
  /** Of a user who is watched; null where nothing is known, or none of it is visible. */
  of(userId: string): Presence | null
  /** Fetches it, and keeps it up to date from then on, after each reconnect too. */
  watch(userIds: readonly string[]): Promise<void>
  unwatch(userIds: readonly string[]): void
  onChange(listener: (presence: Presence) => void): () => void
  stop(): void
}

export interface PresenceDeps {
  api: Pick<Api, 'get'>
  feed: Pick<EventFeed, 'onOtherEvent' | 'onReady'>
  onFailure: (error: unknown) => void
}

export function createPresenceWatch({ api, feed, onFailure }: PresenceDeps): PresenceWatch {
  const known = new Map<string, Presence | null>()
  const changes = createEmitter<Presence>()

  function set(presence: Presence): void {
    const before = known.get(presence.userId)
    if (before === undefined) return // not watched
    known.set(presence.userId, { ...before, ...presence })
    changes.emit({ ...before, ...presence })
  }

  async function fetchAll(userIds: readonly string[]): Promise<void> {
    for (let start = 0; start < userIds.length; start += PAGE) {
      const ids = userIds.slice(start, start + PAGE).join()
      const { body } = await api.get('/presence', { query: { ids } })
      for (const presence of body) set(presence)
    }
  }

  const listeners = [
    feed.onOtherEvent(({ event, payload }) => {
      if (event === 'presence') set(payload)
    }),
    // Changes may have been missed meanwhile.
    feed.onReady(() => void fetchAll([...known.keys()]).catch(onFailure)),
  ]

  return {
    of: (userId) => known.get(userId) ?? null,
    async watch(userIds) {
      for (const userId of userIds) if (!known.has(userId)) known.set(userId, null)
      await fetchAll(userIds)
    },
    unwatch(userIds) {
      for (const userId of userIds) known.delete(userId)
    },
    onChange: (listener) => changes.listen(listener),
    stop() {
      for (const stop of listeners) stop()
      known.clear()
    },
  }
}
