import type { Upcaster } from '../upcast.js'
import type { ChatEvent } from './events.js'

export const chatUpcasters: Record<ChatEvent['type'], readonly Upcaster[]> = {
  ChatCreated: [],
  ParticipantJoined: [],
  ParticipantAdded: [],
  ParticipantLeft: [],
  ParticipantRemoved: [],
  ParticipantRoleChanged: [],
  ParticipantBanned: [],
  ParticipantUnbanned: [],
  ChatChanged: [],
  ChatArchived: [],
  ChatUnarchived: [],
  InviteCreated: [],
  InviteRevoked: [],
  MessageSent: [],
  MessageEdited: [],
  MessageDeleted: [],
  ReactionAdded: [],
  ReactionRemoved: [],
  MessagePinned: [],
  MessageUnpinned: [],
  LinkPreviewsAdded: [],
}
