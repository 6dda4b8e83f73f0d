import type { components } from '../rest/openapi.js'

type Schemas = components['schemas']

export type UserRef = Schemas['UserRef']
export type Message = Schemas['Message']
export type Participant = Schemas['Participant']
export type Chat = Schemas['Chat']
/** A chat without what differs between readers. */
export type SharedChat = Omit<
  Chat,
  'myRole' | 'muted' | 'hidden' | 'readSeq' | 'unreadCount' | 'unreadMentions' | 'participants'
>

interface InChat {
  chatId: string
  version: number
}

type OfMessage = InChat & { message: Message }
type OfMessageId = InChat & { messageId: string }
type Reaction = OfMessageId & { emoji: string; userId: string; count: number }
type Pin = OfMessageId & { by?: UserRef }
type OfParticipant = InChat & { participant: Participant; by?: UserRef }
type OfMember = InChat & { participant: UserRef; by?: UserRef }
type OfChat = InChat & { chat: SharedChat }

/** The events of a chat that have a version, with what each holds. */
export interface VersionedEvents {
  new_message: Message
  message_edited: OfMessage
  message_deleted: OfMessage
  reaction_added: Reaction
  reaction_removed: Reaction
  message_pinned: Pin
  message_unpinned: Pin
  link_previews: OfMessageId & { linkPreviews: Message['linkPreviews'] }
  messages_expired: InChat & { beforeSeq: number }
  participant_joined: OfParticipant
  participant_left: OfParticipant
  participant_removed: OfParticipant
  participant_role_changed: OfParticipant
  /** Of a user who did not take part, only what every user shows. */
  participant_banned: OfMember
  participant_unbanned: OfMember
  chat_created: OfChat & { participants: UserRef[] }
  chat_updated: OfChat
  chat_archived: OfChat
  chat_unarchived: OfChat
  /** Versions that this user may not see, both included. */
  skipped: InChat & { fromVersion: number }
  /** The events up to `version` are not delivered: read the chat again, and go on from there. */
  resync: InChat
}

/** The events without a version: the latest one is valid. */
export interface UnversionedEvents {
  read: { chatId: string; userId: string; seq: number }
  typing: { chatId: string; userId: string }
  presence: { userId: string; isOnline: boolean; lastSeen: string | null }
  profile_changed: UserRef
  user_erased: { userId: string }
  chat_muted: { chatId: string; muted: boolean }
  chat_hidden: { chatId: string; hidden: boolean }
}

type Named<Events> = { [Name in keyof Events]: { event: Name; payload: Events[Name] } }[keyof Events]

/** An event of a chat, as it is delivered: in the order of its versions, without a gap and without a repeat. */
export type ChatEvent = Named<VersionedEvents>

export type OtherEvent = Named<UnversionedEvents>

/** The counts of a chat at the moment of connecting. */
export interface ReadyChat {
  version: number
  lastSeq: number
  readSeq: number
  unreadCount: number
  unreadMentions: number
  muted: boolean
  hidden: boolean
}

export interface Ready {
  userId: string
  chats: Record<string, ReadyChat>
}
