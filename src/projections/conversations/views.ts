import type { ChatType, HistoryVisibility, JoinPolicy, LinkPreview, Role } from '../../domain/chat/events.js'
import type { JsonObject } from '../../domain/event.js'
import type { AddableBy } from '../../domain/user/events.js'

/** Shapes as clients see them, over REST and sockets alike; times are ISO-8601 UTC with milliseconds. */

/** Name and avatar are null for someone whose personal data was destroyed. */
export interface UserRef {
  id: string
  name: string | null
  avatarUrl: string | null
  isBot: boolean
}

export interface ProfileView extends UserRef {
  /** Of a bot. */
  ownerId?: string
  statusText: string | null
}

export interface OwnProfile extends ProfileView {
  addableBy: AddableBy
  showPresence: boolean
  createdAt: string
  updatedAt: string
}

export interface ParticipantView extends UserRef {
  /** Of a bot. */
  ownerId?: string
  role: Role
  joinedAt: string
  readSeq: number
}

/** A chat without what differs between readers: as frames carry it. */
export interface SharedChatView {
  id: string
  type: ChatType
  /** Null in frames for a direct chat. */
  name: string | null
  createdBy: string
  createdAt: string
  updatedAt: string
  archivedAt: string | null
  historyVisibility: HistoryVisibility
  joinPolicy: JoinPolicy
  participantCount: number
  lastSeq: number
  version: number
}

/** A chat as an auditor finds it. */
export interface FoundChatView extends SharedChatView {
  /** At most ten of those who take part now. */
  participants: UserRef[]
}

export interface ChatView extends SharedChatView {
  myRole: Role
  muted: boolean
  /** Left out of the list of chats, until something is sent to it. */
  hidden: boolean
  readSeq: number
  unreadCount: number
  /** Of the unread messages, those of others that mention the user or everyone. */
  unreadMentions: number
}

export interface BanView {
  person: UserRef
  by: UserRef
  at: string
  reason: string | null
}

export interface ListedChatView extends ChatView {
  lastMessage: string | null
  lastMessageSenderId: string | null
  lastMessageSenderName: string | null
  timestamp: string
  /** At most 10, others first. */
  participants: UserRef[]
}

export interface MessageView {
  id: string
  chatId: string
  seq: number
  /** Of the last event that changed it. */
  version: number
  sender: UserRef
  clientMessageId: string | null
  type: string
  content: string | null
  contentHtml: string | null
  metadata: JsonObject | null
  replyTo: { id: string; seq: number; senderName: string | null; excerpt: string | null } | null
  reactions: { emoji: string; count: number; userIds: string[] }[]
  /** Users named in it who took part when the present text was written. */
  mentions: string[]
  /** Whether it mentions everyone. */
  mentionsAll: boolean
  linkPreviews: LinkPreview[]
  createdAt: string
  recordedAt: string
  editedAt: string | null
  deletedAt: string | null
  deletedBy: string | null
}

/** A report as its reporter sees it. */
export interface OwnReportView {
  id: string
  messageId: string
  chatId: string
  createdAt: string
}

/** A report as admins see it; texts are null where the personal data of whoever wrote them was destroyed. */
export interface ReportView {
  id: string
  chatId: string
  /** As it is now. */
  message: MessageView
  /** Shown to nobody else: neither in the chat nor to its owners. */
  reporter: UserRef
  reason: string | null
  createdAt: string
  status: 'open' | 'settled'
  outcome: string | null
  settledBy: UserRef | null
  settledAt: string | null
  /** Of the message, settled ones included. */
  reportCount: number
}

export interface EditView {
  /** Null once the message is deleted. */
  content: string | null
  at: string
  by: UserRef
}

export interface PinView {
  message: MessageView
  pinnedBy: UserRef
  pinnedAt: string
}

export interface ReactionView {
  emoji: string
  people: UserRef[]
}

/** A webhook as every participant sees it; `url` is for owners and admins. */
export interface WebhookView {
  id: string
  direction: 'out' | 'in'
  name: string | null
  url: string | null
  /** Names of frames, empty for all; null for one that leads in. */
  events: string[] | null
  /** Who speaks through one that leads in. */
  botId: string | null
  createdBy: UserRef
  createdAt: string
  status: 'active' | 'disabled' | 'deleted'
  disabledWhy: 'failing' | 'creator' | null
}

/** What messages are searched for; null where all will do. Times are those of `createdAt`, both included. */
export interface SearchRequest {
  query: string
  chatId: string | null
  senderId: string | null
  from: string | null
  to: string | null
  /** `relevance`: the nearer to each other the words stand and the more often, the higher, then the latest first. */
  order: 'relevance' | 'latest'
}

export interface FoundMessage {
  message: MessageView
  highlight: Highlight
}

export interface Highlight {
  /** An excerpt of the message's text, as it was written; never HTML. */
  text: string
  /** Where in `text` the hits are, in UTF-16 code units: the first, and the one after the last. */
  ranges: [from: number, to: number][]
}
