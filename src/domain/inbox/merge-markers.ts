import type { Decided } from '../event.js'
import type { ChatsRead, InboxEvent } from './events.js'

type Marker = ChatsRead['public']['chats'][number]

/** Several markers of one user in one event, the last one for each chat; null where either is no marker. */
export function mergeMarkers(earlier: Decided<InboxEvent>, later: Decided<InboxEvent>): Decided<InboxEvent> | null {
  if (earlier.type !== 'ChatsRead' || later.type !== 'ChatsRead') return null
  const chats = new Map(earlier.chats.map((marker) => [marker.chatId, marker]))
  for (const marker of later.chats) chats.set(marker.chatId, markerAfter(chats.get(marker.chatId), marker))
  return { ...earlier, chats: [...chats.values()] }
}

/** What was set back on purpose and then read on stays set, only higher. */
function markerAfter(earlier: Marker | undefined, later: Marker): Marker {
  if (earlier === undefined || later.unread) return later
  return { ...earlier, seq: Math.max(earlier.seq, later.seq) }
}
