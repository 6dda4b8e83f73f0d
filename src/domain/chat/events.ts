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
    /** In the order of their standing; the creator first. */
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

export interface MessageSent extends EventShape {
  type: 'MessageSent'
  public: { messageId: string; seq: number; senderId: string; messageType: string } & Imported
  personal: { content: string; metadata: JsonObject | null; clientMessageId: string | null }
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
  | MessageSent
  | LinkPreviewsAdded
