import type { Role } from '../../domain/chat/events.js'
import type { VersionRange } from '../../domain/visibility.js'
import type { Position } from '../../eventstore/event-log.js'
import type {
  BanView,
  ChatView,
  EditView,
  FoundMessage,
  ListedChatView,
  MessageView,
  OwnProfile,
  OwnReportView,
  ParticipantView,
  UserRef,
  PinView,
  ProfileView,
  ReactionView,
  ReportView,
  SearchWithin,
  SharedChatView,
  WebhookView,
} from './views.js'

/** Where one page of a list ended; opaque to clients. */
export type Cursor = string

export interface Paged<Item> {
  items: Item[]
  /** Cursor of the page after this one, null on the last. */
  next: Cursor | null
}

/** An answer about one chat, with the chat's version in the same snapshot. */
export interface AtVersion<Answer> {
  version: number
  answer: Answer
}

/** Only owners and admins are to be told. */
export interface Bans extends Paged<BanView> {
  /** Of who asks. */
  role: Role
}

/** Where they lead, only owners and admins are to be told. */
export interface Webhooks {
  items: WebhookView[]
  /** Of who asks. */
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
  /** Null where the personal data of who gave it was destroyed. */
  url: string | null
  status: WebhookView['status']
  /** The creator's; null where they do not take part. */
  role: Role | null
  /** The chat's when it was created: only what comes later concerns it. */
  fromVersion: number
}

/** Someone is no owner or admin of a chat any more or, where `chatId` is null, of any. */
export interface EndedPower {
  userId: string
  chatId: string | null
  /** Of the event that says so, in its stream; `at` is its recorded time. */
  version: number
  at: string
  /** The event's id. */
  causationId: string
}

export type MessagePage = { before: number } | { after: number } | { around: number } | { latest: true }

/** One chat of a person, as a connecting socket needs it. */
export interface ChatMembership {
  chatId: string
  version: number
  lastSeq: number
  readSeq: number
  unreadCount: number
  muted: boolean
  /** What the person may see of it. */
  ranges: VersionRange[]
}

/** What past chat events say, as it is now; by what they are about. */
export interface PastDetails {
  messages: ReadonlyMap<string, MessageView>
  /** By `${userId} ${version}` of the event that began, changed or ended the taking part. */
  participants: ReadonlyMap<string, ParticipantView>
  people: ReadonlyMap<string, UserRef>
  chat: SharedChatView
  /** At most 10 of those who take part now. */
  chatParticipants: UserRef[]
}

/**
 * What can be asked of conversations. Whoever is not in a chat gets null for everything about it, as if it were not there. Each
 * call reads in one snapshot.
 */
export interface ConversationQueries {
  ownProfile(userId: string): Promise<OwnProfile | null>
  profiles(userIds: readonly string[]): Promise<ProfileView[]>
  /** People whose name begins so, whatever the case; at most 50. */
  findProfiles(namePrefix: string): Promise<ProfileView[]>
  /** Everyone, in the order of their ids. */
  everyone(limit: number, after: Cursor | null): Promise<Paged<OwnProfile>>
  /** With the checkpoint at which they were read. */
  people(userIds: readonly string[]): Promise<{ people: Map<string, UserRef>; checkpoint: Position }>

  chat(chatId: string, viewer: string): Promise<AtVersion<ChatView & { participants: ParticipantView[] }> | null>
  /** Latest activity first. */
  chats(viewer: string, limit: number, after: Cursor | null): Promise<Paged<ListedChatView>>
  /** In the order in which they came. */
  participants(
    chatId: string,
    viewer: string,
    limit: number,
    after: Cursor | null,
  ): Promise<AtVersion<Paged<ParticipantView>> | null>
  /** The latest first. */
  bans(chatId: string, viewer: string, limit: number, after: Cursor | null): Promise<AtVersion<Bans> | null>
  /** Whom the person blocks, the latest first. */
  blocks(viewer: string, limit: number, after: Cursor | null): Promise<Paged<UserRef>>
  /** What the viewer may join; `query` is how a word of the name begins, null for all. */
  openChats(viewer: string, query: string | null, limit: number, after: Cursor | null): Promise<Paged<SharedChatView>>
  /** Ascending by seq; `older` and `newer` say whether the viewer may see more on that side. */
  messages(
    chatId: string,
    viewer: string,
    page: MessagePage,
    limit: number,
  ): Promise<AtVersion<{ messages: MessageView[]; older: boolean; newer: boolean }> | null>
  /** Null also for a message the viewer may not see. */
  message(chatId: string, messageId: string, viewer: string): Promise<AtVersion<MessageView> | null>

  /** All that a message has said, oldest first, what it says now last; null where it is not in sight. */
  edits(chatId: string, messageId: string, viewer: string): Promise<AtVersion<EditView[]> | null>
  /** Who reacted, at most 100 for each emoji; null where the message is not in sight. */
  reactions(chatId: string, messageId: string, viewer: string): Promise<AtVersion<ReactionView[]> | null>
  /** The last pinned first. */
  pins(chatId: string, viewer: string): Promise<AtVersion<PinView[]> | null>

  /**
   * Messages in sight that say what the query asks for (`isSearch`), and below them those that say nearly that; null where `chatId` is not a
   * chat of the viewer's.
   */
  search(
    viewer: string,
    query: string,
    within: SearchWithin,
    limit: number,
    after: Cursor | null,
  ): Promise<Paged<FoundMessage> | null>

  /** What the person may see of the chat, and its version; null for an outsider. */
  chatMembership(chatId: string, viewer: string): Promise<ChatMembership | null>
  /** All the person's chats, with the checkpoint at which they were read. */
  chatMemberships(viewer: string): Promise<{ chats: ChatMembership[]; checkpoint: Position }>
  /** For rendering past events of one chat, whoever reads them; null when there is no such chat. */
  pastDetails(
    chatId: string,
    wanted: { messageIds: readonly string[]; participantsAt: readonly { userId: string; version: number }[] },
  ): Promise<PastDetails | null>
  /** The chats in which the person takes part now. */
  chatIdsOf(userId: string): Promise<string[]>
  participantCount(chatId: string): Promise<number>
  /** Who takes part in the chat at `version` and may not see what was sent at `sentVersion`. */
  membersWithoutAccess(chatId: string, sentVersion: number, version: number): Promise<string[]>

  /** Newest first, of all chats: for admins alone. */
  reports(status: ReportView['status'] | null, limit: number, after: Cursor | null): Promise<Paged<ReportView>>
  /** The chat of a report. */
  chatOfReport(reportId: string): Promise<string | null>
  /** The person's report with this id; without one, their newest of the message. */
  ownReport(messageId: string, reporterId: string, reportId: string | null): Promise<OwnReportView | null>

  /** Those of the chat that are not deleted, the oldest first. */
  webhooks(chatId: string, viewer: string): Promise<AtVersion<Webhooks> | null>
  /** One of the chat, deleted or not. */
  webhook(chatId: string, viewer: string, webhookId: string): Promise<AtVersion<WebhookView> | null>
  /** One that leads in, whatever has become of it: who speaks for it in which chat, and who made it. */
  incomingWebhook(webhookId: string): Promise<{ chatId: string; creatorId: string; botId: string } | null>
  /** Whoever asks: for what carries webhooks out. By id. */
  webhookStatuses(webhookIds: readonly string[]): Promise<Map<string, WebhookStatus>>
  /** Those that are active and were made before their creator lost what it takes to have them. */
  webhooksEndedBy(ended: readonly EndedPower[]): Promise<{ webhookId: string; chatId: string; causationId: string }[]>
}
