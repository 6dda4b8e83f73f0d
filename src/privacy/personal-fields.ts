import type { AnyEvent } from '../domain/any-event.js'
import type { EventShape } from '../domain/event.js'

/** Whose a personal field is (the public field that holds their id), and what its key is made of. */
export interface Personal<Field extends string = string> {
  user: Field
  /**
   * `chat-month`: retention can end it too, with all that was written in this chat in that month. `request-month`: likewise, with all
   * addresses of that month; where nobody's id stands in the field, that month's key alone seals it. `audit`: the key of the audit,
   * which nothing destroys.
   */
  under: 'user' | 'chat-month' | 'request-month' | 'audit'
}

/** A list's fields are told one by one: `participants[].userId`; a list of plain values is `roles[]`. */
type PublicPath<Public> = {
  [Field in keyof Public & string]-?: NonNullable<Public[Field]> extends readonly (infer Item extends object)[]
    ? `${Field}[].${keyof Item & string}`
    : NonNullable<Public[Field]> extends readonly unknown[]
      ? `${Field}[]`
      : Field
}[keyof Public & string]

type FieldsOf<Event extends EventShape> = Readonly<Record<PublicPath<Event['public']>, 'public'>> &
  Readonly<Record<keyof Event['personal'], Personal<keyof Event['public'] & string>>>

/**
 * Every field of every event: open to anyone with the log, or somebody's and sealed. It does not compile while one is missing;
 * only what stands here is written, in this order.
 */
export const personalFields: { readonly [Type in AnyEvent['type']]: FieldsOf<Extract<AnyEvent, { type: Type }>> } = {
  ChatCreated: {
    chatType: 'public',
    createdBy: 'public',
    'participants[].userId': 'public',
    'participants[].role': 'public',
    'participants[].ownerId': 'public',
    historyVisibility: 'public',
    joinPolicy: 'public',
    imported: 'public',
    originalAt: 'public',
    name: { user: 'createdBy', under: 'user' },
  },
  ParticipantJoined: {
    userId: 'public',
    lastSeq: 'public',
    invite: 'public',
    originalAt: 'public',
    line: 'public',
  },
  ParticipantAdded: { userId: 'public', role: 'public', by: 'public', lastSeq: 'public', ownerId: 'public' },
  ParticipantLeft: { userId: 'public', originalAt: 'public', line: 'public' },
  ParticipantRemoved: { userId: 'public', by: 'public' },
  ParticipantRoleChanged: { userId: 'public', role: 'public', by: 'public' },
  ParticipantBanned: { userId: 'public', by: 'public' },
  ParticipantUnbanned: { userId: 'public', by: 'public' },
  ChatChanged: {
    by: 'public',
    historyVisibility: 'public',
    joinPolicy: 'public',
    name: { user: 'by', under: 'user' },
  },
  ChatArchived: { by: 'public' },
  ChatUnarchived: { by: 'public' },
  InviteCreated: { invite: 'public', by: 'public', expiresAt: 'public', maxUses: 'public' },
  InviteRevoked: { invite: 'public', by: 'public' },
  MessageSent: {
    messageId: 'public',
    seq: 'public',
    senderId: 'public',
    replyToId: 'public',
    replyToSeq: 'public',
    originalAt: 'public',
    line: 'public',
    messageType: { user: 'senderId', under: 'chat-month' },
    content: { user: 'senderId', under: 'chat-month' },
    mentions: { user: 'senderId', under: 'chat-month' },
    mentionsAll: { user: 'senderId', under: 'chat-month' },
    metadata: { user: 'senderId', under: 'chat-month' },
    clientMessageId: { user: 'senderId', under: 'chat-month' },
  },
  MessageEdited: {
    messageId: 'public',
    sentVersion: 'public',
    senderId: 'public',
    sentAt: 'public',
    content: { user: 'senderId', under: 'chat-month' },
    mentions: { user: 'senderId', under: 'chat-month' },
    mentionsAll: { user: 'senderId', under: 'chat-month' },
  },
  MessageDeleted: { messageId: 'public', sentVersion: 'public', senderId: 'public', by: 'public' },
  ReactionAdded: { messageId: 'public', sentVersion: 'public', userId: 'public', emoji: 'public' },
  ReactionRemoved: { messageId: 'public', sentVersion: 'public', userId: 'public', emoji: 'public' },
  MessagePinned: { messageId: 'public', sentVersion: 'public', by: 'public' },
  MessageUnpinned: { messageId: 'public', sentVersion: 'public', by: 'public' },
  LinkPreviewsAdded: {
    messageId: 'public',
    senderId: 'public',
    sentVersion: 'public',
    sentAt: 'public',
    previews: { user: 'senderId', under: 'chat-month' },
  },
  MessagesExpired: { 'months[]': 'public', beforeSeq: 'public' },
  UserRegistered: {
    userId: 'public',
    imported: 'public',
    originalAt: 'public',
    ownerId: 'public',
    name: { user: 'userId', under: 'user' },
  },
  ProfileChanged: {
    userId: 'public',
    originalAt: 'public',
    addableBy: 'public',
    showPresence: 'public',
    name: { user: 'userId', under: 'user' },
    avatarUrl: { user: 'userId', under: 'user' },
    statusText: { user: 'userId', under: 'user' },
  },
  UserBlocked: { userId: 'public', blockedId: 'public' },
  UserUnblocked: { userId: 'public', blockedId: 'public' },
  SessionOpened: { userId: 'public', sessionId: 'public' },
  SessionRevoked: { userId: 'public', sessionId: 'public', reason: 'public' },
  PasswordChanged: { userId: 'public' },
  UserExported: { userId: 'public' },
  UserErased: { userId: 'public' },
  ChatsRead: { userId: 'public', 'chats[].chatId': 'public', 'chats[].seq': 'public', 'chats[].unread': 'public' },
  ChatMuted: { userId: 'public', chatId: 'public', muted: 'public' },
  ChatHidden: { userId: 'public', chatId: 'public', seq: 'public' },
  ChatHoldPlaced: { by: 'public', reason: { user: 'by', under: 'user' } },
  ChatHoldEnded: { by: 'public', reason: { user: 'by', under: 'user' } },
  ChatRetentionChanged: { by: 'public', days: 'public' },
  BanReasonGiven: { userId: 'public', by: 'public', reason: { user: 'by', under: 'user' } },
  MessageReported: {
    reportId: 'public',
    messageId: 'public',
    reporterId: 'public',
    reason: { user: 'reporterId', under: 'user' },
  },
  ReportSettled: { reportId: 'public', by: 'public', outcome: { user: 'by', under: 'user' } },
  WebhookCreated: {
    webhookId: 'public',
    by: 'public',
    direction: 'public',
    'events[]': 'public',
    botId: 'public',
    url: { user: 'by', under: 'user' },
    name: { user: 'by', under: 'user' },
  },
  WebhookDeleted: { webhookId: 'public', by: 'public' },
  WebhookDisabled: { webhookId: 'public', reason: 'public' },
  RolesChanged: { userId: 'public', 'roles[]': 'public', by: 'public' },
  UserDeactivated: { userId: 'public', by: 'public' },
  UserReactivated: { userId: 'public', by: 'public' },
  UserHoldPlaced: { userId: 'public', by: 'public', reason: { user: 'by', under: 'user' } },
  UserHoldEnded: { userId: 'public', by: 'public', reason: { user: 'by', under: 'user' } },
  UserErasureRequested: { userId: 'public', by: 'public' },
  LogOpened: { logId: 'public' },
  LogCopied: { logId: 'public', 'skipped[].projection': 'public', 'skipped[].position': 'public' },
  LogRestored: {
    logId: 'public',
    backupId: 'public',
    events: 'public',
    backedUpEvents: 'public',
    'skipped[].projection': 'public',
    'skipped[].position': 'public',
  },
  ProjectionEventSkipped: {
    projection: 'public',
    position: 'public',
    by: 'public',
    reason: { user: 'by', under: 'user' },
  },
  FeatureFlagChanged: { flag: 'public', from: 'public', to: 'public', by: 'public' },
  SecurityEventRecorded: {
    kind: 'public',
    userId: 'public',
    count: 'public',
    from: 'public',
    to: 'public',
    ip: { user: 'userId', under: 'request-month' },
    userAgent: { user: 'userId', under: 'request-month' },
    subject: { user: 'userId', under: 'request-month' },
  },
  PrivilegedAccessStarted: {
    accessId: 'public',
    by: 'public',
    operation: 'public',
    filter: { user: 'by', under: 'audit' },
    reason: { user: 'by', under: 'audit' },
  },
  PrivilegedAccessEnded: {
    accessId: 'public',
    by: 'public',
    operation: 'public',
    outcome: 'public',
    rows: 'public',
  },
}
