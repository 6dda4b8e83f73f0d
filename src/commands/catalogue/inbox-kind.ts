import type { InboxEvent } from '../../domain/inbox/events.js'
import { inboxDecider, type Inbox, type InboxCommand } from '../../domain/inbox/inbox.js'
import { mergeMarkers } from '../../domain/inbox/merge-markers.js'
import { orderedMap } from '../../domain/ordered-map.js'
import type { StreamKind } from '../pipeline/stream-kind.js'

interface InboxJson {
  markers: [string, number][]
  muted: [string, true][]
  hidden: [string, number][]
}

export const inboxKind: StreamKind<InboxCommand, Inbox, InboxEvent, never> = {
  decider: inboxDecider,
  weigh: ({ markers, muted, hidden }) => 1 + markers.size + muted.size + hidden.size,
  merge: mergeMarkers,
  snapshot: {
    evolveVersion: 2,
    toJson: ({ markers, muted, hidden }) => ({ markers: [...markers], muted: [...muted], hidden: [...hidden] }),
    fromJson(json) {
      const { markers, muted, hidden } = json as InboxJson
      return { markers: orderedMap(markers), muted: orderedMap(muted), hidden: orderedMap(hidden) }
    },
  },
}
