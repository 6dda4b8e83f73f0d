import type { EventShape, JsonObject } from '../event.js'

export type Role = 'owner' | 'admin' | 'member'
export type ChatType = 'direct' | 'group'
export type HistoryVisibility = 'full' | 'since-joined'
export type JoinPolicy = 'invite' | 'open'

/** What an import adds: the original time of the event, and the number of its line. */
export interface Imported {
  /** ISO-8601 UTC with milliseconds. */
  originalAt?: string
  /** From 1; rises within a chat. */
  line?: number
}

/** A chat is created, with its first participants. */
export interface ChatCreated extends EventShape {
  type: 'ChatCreated'
  public: {
    chatType: ChatType
    createdBy: string
    /** In the order of their roles; the creator first. `ownerId`: of a bot. */
    participants: { userId: string; role: Role; ownerId?: string }[]
    historyVisibility: HistoryVisibility
    joinPolicy: JoinPolicy
    imported: boolean
    originalAt?: string
  }
  personal: { name: string | null }
}

/** A user joined by themselves, an open chat or by an invite. */
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

/** A user was added by another. */
export interface ParticipantAdded extends EventShape {
  type: 'ParticipantAdded'
  public: {
    userId: string
    role: Role
    by: string
    lastSeq: number
    /** Of a bot: it takes part only while its owner does. */
    ownerId?: string
  }
  personal: object
}

/** A participant left. */
export interface ParticipantLeft extends EventShape {
  type: 'ParticipantLeft'
  public: { userId: string } & Imported
  personal: object
}

/** A participant was removed, and may be added again. */
export interface ParticipantRemoved extends EventShape {
  type: 'ParticipantRemoved'
  public: { userId: string; by: string }
  personal: object
}

/** A participant has another role. */
export interface ParticipantRoleChanged extends EventShape {
  type: 'ParticipantRoleChanged'
  public: { userId: string; role: Role; by: string }
  personal: object
}

/** A user may not take part, whether they did or not; the reason is in `BanReasonGiven`. */
export interface ParticipantBanned extends EventShape {
  type: 'ParticipantBanned'
  public: { userId: string; by: string }
  personal: object
}

/** A ban ended. */
export interface ParticipantUnbanned extends EventShape {
  type: 'ParticipantUnbanned'
  public: { userId: string; by: string }
  personal: object
}

/** The name, history visibility or join policy of a chat changed; an absent field stays as it was. */
export interface ChatChanged extends EventShape {
  type: 'ChatChanged'
  public: { by: string; historyVisibility?: HistoryVisibility; joinPolicy?: JoinPolicy }
  personal: { name?: string | null }
}

/** A chat is archived: no new messages or changes. */
export interface ChatArchived extends EventShape {
  type: 'ChatArchived'
  public: { by: string }
  personal: object
}

/** A chat is no longer archived. */
export interface ChatUnarchived extends EventShape {
  type: 'ChatUnarchived'
  public: { by: string }
  personal: object
}

/** Anyone with the code of this hash may join; the code itself is never stored. */
export interface InviteCreated extends EventShape {
  type: 'InviteCreated'
  public: { invite: string; by: string; expiresAt: string | null; maxUses: number | null }
  personal: object
}

/** An invite is no longer valid. */
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

/** A message was sent; `originalAt` and `line` come from an import. */
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
 * The message that an event is about. `sentVersion`: whoever may see the message may see its later events. `sentAt`: the time that the message
 * shows, by whose month new content is sealed.
 */
interface AboutMessage {
  messageId: string
  sentVersion: number
}

/** The author changed the content; `sentVersion` and `sentAt` are those of the message. */
export interface MessageEdited extends EventShape {
  type: 'MessageEdited'
  public: AboutMessage & { senderId: string; sentAt: string }
  personal: Content
}

/** A message was deleted, for everyone. */
export interface MessageDeleted extends EventShape {
  type: 'MessageDeleted'
  public: AboutMessage & { senderId: string; by: string }
  personal: object
}

/** A user reacted with an emoji: one of each kind per user. */
export interface ReactionAdded extends EventShape {
  type: 'ReactionAdded'
  public: AboutMessage & { userId: string; emoji: string }
  personal: object
}

/** A user removed a reaction. */
export interface ReactionRemoved extends EventShape {
  type: 'ReactionRemoved'
  public: AboutMessage & { userId: string; emoji: string }
  personal: object
}

/** A message was pinned, for everyone in the chat. */
export interface MessagePinned extends EventShape {
  type: 'MessagePinned'
  public: AboutMessage & { by: string }
  personal: object
}

/** A message was unpinned, also before it is deleted. */
export interface MessageUnpinned extends EventShape {
  type: 'MessageUnpinned'
  public: AboutMessage & { by: string }
  personal: object
}

/** The metadata of a linked page; at least one of the three is not null. */
export interface LinkPreview {
  /** As the message links it. */
  url: string
  title: string | null
  description: string | null
  /** Http(s). */
  imageUrl: string | null
}

/**
 * Previews of the pages that a message links to, added by the system after it was sent; anyone who sees the message sees them.
 */
export interface LinkPreviewsAdded extends EventShape {
  type: 'LinkPreviewsAdded'
  public: {
    messageId: string
    /** The sender of the message. */
    senderId: string
    /** Of the message: who may see it may see them. */
    sentVersion: number
    /** The time that the message shows: they are kept as long as it is. */
    sentAt: string
  }
  personal: { previews: LinkPreview[] }
}

/**
 * The keys of all that was written in the chat in these months (`yyyy-mm`, UTC, of the time that messages show) were destroyed: its
 * retention is over. Every message below `beforeSeq` is erased.
 */
export interface MessagesExpired extends EventShape {
  type: 'MessagesExpired'
  public: { months: string[]; beforeSeq: number }
  personal: object
}

export type ChatEvent =
  | MessagesExpired
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
