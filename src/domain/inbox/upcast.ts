import type { Upcaster } from '../upcast.js'
import type { InboxEvent } from './events.js'

export const inboxUpcasters: Record<InboxEvent['type'], readonly Upcaster[]> = {
  ChatsRead: [],
  ChatMuted: [],
  ChatHidden: [],
}
