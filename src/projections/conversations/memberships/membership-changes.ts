import type { Role } from '../../../domain/chat/events.js'
import type { BulkEvent } from '../part.js'

/** A row of `memberships` that begins. */
export interface BegunMembership {
  chat_id: string
  user_id: string
  from_version: number
  /** Set where it has ended already, within the same events. */
  to_version: number | null
  join_order: number
  role: Role
  joined_at: string
  joined_seq: number
}

/** The end of a row that was there before. */
export interface EndedMembership {
  chat_id: string
  user_id: string
  to_version: number
}

/** What these events, in their order, begin and end. */
export function membershipChanges(events: readonly BulkEvent[]): {
  begun: BegunMembership[]
  ended: EndedMembership[]
} {
  const begun: BegunMembership[] = []
  const ended: EndedMembership[] = []
  const current = new Map<string, BegunMembership>()
  for (const { event, chatId, version, at } of events) {
    if (event.type === 'MessageSent' || event.type === 'UserRegistered') continue
    const key = `${chatId} ${event.userId}`
    if (event.type === 'ParticipantJoined' || event.type === 'ParticipantAdded') {
      const role = event.type === 'ParticipantAdded' ? event.role : 'member'
      const row = { chat_id: chatId, user_id: event.userId, from_version: version, to_version: null, join_order: 0 }
      const membership = { ...row, role, joined_at: at, joined_seq: event.lastSeq }
      begun.push(membership)
      current.set(key, membership)
    } else {
      const membership = current.get(key)
      if (membership === undefined) ended.push({ chat_id: chatId, user_id: event.userId, to_version: version })
      else membership.to_version = version
      current.delete(key)
    }
  }
  return { begun, ended }
}
