import type { JsonObject } from '../event.js'
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
  /** Version 2 seals the message's type and its mentions with the content; version 1 has the type in clear, and no mentions. */
  MessageSent: [withoutMentions],
  MessageEdited: [withoutMentions],
  MessageDeleted: [],
  ReactionAdded: [],
  ReactionRemoved: [],
  MessagePinned: [],
  MessageUnpinned: [],
  LinkPreviewsAdded: [],
  MessagesExpired: [],
}

/** Null as in an erased event; who is named is then read from the text, if that is there. */
function withoutMentions(data: JsonObject): JsonObject {
  return { ...data, mentions: null, mentionsAll: null }
}
