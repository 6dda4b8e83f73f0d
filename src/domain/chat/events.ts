import type { EventShape, JsonObject } from '../event.js'

export type Role = 'owner' | 'admin' | 'member'
export type ChatType = 'direct' | 'group'
export type HistoryVisibility = 'full' | 'since-joined'
export type JoinPolicy = 'invite' | 'open'

/** What an import adds: the time at which it happened where it came from, and the number of the line that told so. */
export interface Imported {
  /** ISO-8601 UTC with milliseconds. */
  originalAt?: string
  /** From 1; rises within a chat. */
  line?: number
}

export interface ChatCreated extends EventShape {
  type: 'ChatCreated'
  public: {
    chatType: ChatType
    createdBy: string
    /** In the order of their roles; the creator first. */
    participants: { userId: string; role: Role }[]
    historyVisibility: HistoryVisibility
    joinPolicy: JoinPolicy
    imported: boolean
    originalAt?: string
  }
  personal: { name: string | null }
}

export interface ParticipantJoined extends EventShape {
  type: 'ParticipantJoined'
  public: {
    userId: string
    /** The chat's last seq at that moment: what came before counts as read. */
    lastSeq: number
    /** The hash of the invite's code by which they came. */
    invite?: string
  } & Imported
  personal: object
}

export interface ParticipantAdded extends EventShape {
  type: 'ParticipantAdded'
  public: { userId: string; role: Role; by: string; lastSeq: number }
  personal: object
}

export interface ParticipantLeft extends EventShape {
  type: 'ParticipantLeft'
  public: { userId: string } & Imported
  personal: object
}

export interface ParticipantRemoved extends EventShape {
  type: 'ParticipantRemoved'
  public: { userId: string; by: string }
  personal: object
}

export interface ParticipantRoleChanged extends EventShape {
  type: 'ParticipantRoleChanged'
  public: { userId: string; role: Role; by: string }
  personal: object
}

/** Whether they took part or not: they do not, and cannot come back. Why stands in the moderation stream. */
export interface ParticipantBanned extends EventShape {
  type: 'ParticipantBanned'
  public: { userId: string; by: string }
  personal: object
}

export interface ParticipantUnbanned extends EventShape {
  type: 'ParticipantUnbanned'
  public: { userId: string; by: string }
  personal: object
}

/** Only what changed: a field that is absent stays as it was. */
export interface ChatChanged extends EventShape {
  type: 'ChatChanged'
  public: { by: string; historyVisibility?: HistoryVisibility; joinPolicy?: JoinPolicy }
  personal: { name?: string | null }
}

export interface ChatArchived extends EventShape {
  type: 'ChatArchived'
  public: { by: string }
  personal: object
}

export interface ChatUnarchived extends EventShape {
  type: 'ChatUnarchived'
  public: { by: string }
  personal: object
}

/** Of the code, the log has only a hash. */
export interface InviteCreated extends EventShape {
  type: 'InviteCreated'
  public: { invite: string; by: string; expiresAt: string | null; maxUses: number | null }
  personal: object
}

export interface InviteRevoked extends EventShape {
  type: 'InviteRevoked'
  public: { invite: string; by: string }
  personal: object
}

/** Version 1 of the events that hold it has no mentions: who is named then follows from the text alone. */
interface Content {
  content: string
  /** Those of the users named as `<@userId>` who take part. */
  mentions: readonly string[]
  /** Whether it says `<@all>`. */
  mentionsAll: boolean
}

/** Also shown in place of the type of a message that was deleted or erased. */
export const DEFAULT_MESSAGE_TYPE = 'text'

export interface MessageSent extends EventShape {
  type: 'MessageSent'
  public: {
    messageId: string
    seq: number
    senderId: string
    /** The message that it answers, of the same chat. */
    replyToId?: string
    replyToSeq?: number
  } & Imported
  personal: { messageType: string; metadata: JsonObject | null; clientMessageId: string | null } & Content
}

/**
 * What events about a message say of it. `sentVersion`: who may see the message may see what became of it. `sentAt`: the time that
 * the message shows; what is said anew is kept as long.
 */
interface AboutMessage {
  messageId: string
  sentVersion: number
}

export interface MessageEdited extends EventShape {
  type: 'MessageEdited'
  public: AboutMessage & { senderId: string; sentAt: string }
  personal: Content
}

export interface MessageDeleted extends EventShape {
  type: 'MessageDeleted'
  public: AboutMessage & { senderId: string; by: string }
  personal: object
}

/** One per person and emoji. */
export interface ReactionAdded extends EventShape {
  type: 'ReactionAdded'
  public: AboutMessage & { userId: string; emoji: string }
  personal: object
}

export interface ReactionRemoved extends EventShape {
  type: 'ReactionRemoved'
  public: AboutMessage & { userId: string; emoji: string }
  personal: object
}

export interface MessagePinned extends EventShape {
  type: 'MessagePinned'
  public: AboutMessage & { by: string }
  personal: object
}

/** Also before a pinned message is deleted. */
export interface MessageUnpinned extends EventShape {
  type: 'MessageUnpinned'
  public: AboutMessage & { by: string }
  personal: object
}

/** What a page says of itself; at least one of the three is there. */
export interface LinkPreview {
  /** As the message links it. */
  url: string
  title: string | null
  description: string | null
  /** Http(s). */
  imageUrl: string | null
}

/** What the links of a message lead to, found after it was sent. */
export interface LinkPreviewsAdded extends EventShape {
  type: 'LinkPreviewsAdded'
  public: {
    messageId: string
    /** Whose message it is, and so whose words led there. */
    senderId: string
    /** Of the message: who may see it may see them. */
    sentVersion: number
    /** The time that the message shows: they are kept as long as it is. */
    sentAt: string
  }
  personal: { previews: LinkPreview[] }
}

export type ChatEvent =
  | ChatCreated
  | ParticipantJoined
  | ParticipantAdded
  | ParticipantLeft
  | ParticipantRemoved
  | ParticipantRoleChanged
  | ParticipantBanned
  | ParticipantUnbanned
  | ChatChanged
  | ChatArchived
  | ChatUnarchived
  | InviteCreated
  | InviteRevoked
  | MessageSent
  | MessageEdited
  | MessageDeleted
  | ReactionAdded
  | ReactionRemoved
  | MessagePinned
  | MessageUnpinned
  | LinkPreviewsAdded
