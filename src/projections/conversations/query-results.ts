import type { Role } from '../../domain/chat/events.js'
import type { VersionRange } from '../../domain/visibility.js'
import type { BanView, MessageView, ParticipantView, SharedChatView, UserRef, WebhookView } from './views.js'

/** Where one page of a list ended; opaque to clients. */
export type Cursor = string

export interface Paged<Item> {
  items: Item[]
  /** Cursor of the page after this one, null on the last. */
  next: Cursor | null
}

/** The page of a list whose rows were read with one more than `limit`, to know whether there are more. */
export function toPaged<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => Cursor,
): Paged<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}

/** An answer about one chat, with the chat's version in the same snapshot. */
export interface AtVersion<Answer> {
  version: number
  answer: Answer
}

/** For owners and admins of the chat only. */
export interface Bans extends Paged<BanView> {
  /** Of the user who asks. */
  role: Role
}

/** Their URLs are for owners and admins of the chat only. */
export interface Webhooks {
  items: WebhookView[]
  /** Of the user who asks. */
  role: Role
}

/** A webhook, and what its creator may do in the chat: it may do no more. */
export interface WebhookStatus {
  chatId: string
  /** Who created it. */
  userId: string
  direction: 'out' | 'in'
  /** Names of frames; empty for all. */
  events: string[]
  /** Null where the personal data of its creator was destroyed. */
  url: string | null
  status: WebhookView['status']
  /** The creator's; null where they do not take part. */
  role: Role | null
  /** The chat's version when it was created: earlier events are not delivered. */
  fromVersion: number
}

/** Someone is no owner or admin of a chat any more or, where `chatId` is null, of any. */
export interface EndedPower {
  userId: string
  chatId: string | null
  /** Of the event that ended it, in its stream; `at` is its recorded time. */
  version: number
  at: string
  /** The event's id. */
  causationId: string
}

export type MessagePage = { before: number } | { after: number } | { around: number } | { latest: true }

export interface MessageList {
  /** Ascending by seq. */
  messages: MessageView[]
  /** Whether the viewer may see more on that side. */
  older: boolean
  newer: boolean
}

/** One chat of a user, as a connecting socket needs it. */
export interface ChatMembership {
  chatId: string
  version: number
  lastSeq: number
  readSeq: number
  unreadCount: number
  unreadMentions: number
  muted: boolean
  hidden: boolean
  /** What the user may see of it. */
  ranges: VersionRange[]
}

/** What past chat events refer to, as it is now. */
export interface PastDetails {
  messages: ReadonlyMap<string, MessageView>
  /** By `${userId} ${version}` of the event that began, changed or ended the membership. */
  participants: ReadonlyMap<string, ParticipantView>
  people: ReadonlyMap<string, UserRef>
  /** Null where it was not wanted. */
  chat: SharedChatView | null
  /** At most 10 of those who take part now. */
  chatParticipants: UserRef[]
}
