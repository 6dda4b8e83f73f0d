import type { AnyEvent } from '../../domain/any-event.js'
import type { EventShape, PublicEvent } from '../../domain/event.js'
import type { SecurityKind } from '../../domain/security/events.js'

type EventType = AnyEvent['type']
type EventOf<Type extends EventType> = Extract<AnyEvent, { type: Type }>

type FieldOf<Event extends EventShape> = keyof Event['public'] & string
type Ids<Event extends EventShape> = (event: PublicEvent<Event>) => readonly string[]

/** Which public fields of an event hold the ids of its entry; all others are its details. */
interface EntryFields<Event extends EventShape> {
  /** Who did it, where the event has them; the same as `actor` of its metadata. */
  by?: FieldOf<Event>
  /** Whom it was done to. */
  target?: FieldOf<Event>
  message?: FieldOf<Event>
  /** Only where the stream is not the chat's. */
  chat?: FieldOf<Event>
  /** Several of them, which stay in the details. */
  targets?: Ids<Event>
  chats?: Ids<Event>
}

/** It does not compile while the type of an event is missing. */
export const entryFields: { readonly [Type in EventType]: EntryFields<EventOf<Type>> } = {
  ChatCreated: {
    by: 'createdBy',
    targets: ({ createdBy, participants }) =>
      participants.flatMap(({ userId }) => (userId === createdBy ? [] : [userId])),
  },
  ParticipantJoined: { by: 'userId' },
  ParticipantAdded: { by: 'by', target: 'userId' },
  ParticipantLeft: { by: 'userId' },
  ParticipantRemoved: { by: 'by', target: 'userId' },
  ParticipantRoleChanged: { by: 'by', target: 'userId' },
  ParticipantBanned: { by: 'by', target: 'userId' },
  ParticipantUnbanned: { by: 'by', target: 'userId' },
  ChatChanged: { by: 'by' },
  ChatArchived: { by: 'by' },
  ChatUnarchived: { by: 'by' },
  InviteCreated: { by: 'by' },
  InviteRevoked: { by: 'by' },
  MessageSent: { by: 'senderId', message: 'messageId' },
  MessageEdited: { by: 'senderId', message: 'messageId' },
  MessageDeleted: { by: 'by', target: 'senderId', message: 'messageId' },
  ReactionAdded: { by: 'userId', message: 'messageId' },
  ReactionRemoved: { by: 'userId', message: 'messageId' },
  MessagePinned: { by: 'by', message: 'messageId' },
  MessageUnpinned: { by: 'by', message: 'messageId' },
  LinkPreviewsAdded: { target: 'senderId', message: 'messageId' },
  MessagesExpired: {},
  UserRegistered: { target: 'userId' },
  ProfileChanged: { by: 'userId' },
  UserBlocked: { by: 'userId', target: 'blockedId' },
  UserUnblocked: { by: 'userId', target: 'blockedId' },
  SessionOpened: { target: 'userId' },
  SessionRevoked: { target: 'userId' },
  PasswordChanged: { target: 'userId' },
  UserExported: { by: 'userId' },
  UserErased: { target: 'userId' },
  ChatsRead: { by: 'userId', chats: ({ chats }) => chats.map(({ chatId }) => chatId) },
  ChatMuted: { by: 'userId', chat: 'chatId' },
  ChatHidden: { by: 'userId', chat: 'chatId' },
  ChatHoldPlaced: { by: 'by' },
  ChatHoldEnded: { by: 'by' },
  ChatRetentionChanged: { by: 'by' },
  BanReasonGiven: { by: 'by', target: 'userId' },
  MessageReported: { by: 'reporterId', message: 'messageId' },
  ReportSettled: { by: 'by' },
  WebhookCreated: { by: 'by' },
  WebhookDeleted: { by: 'by' },
  WebhookDisabled: {},
  RolesChanged: { by: 'by', target: 'userId' },
  UserDeactivated: { by: 'by', target: 'userId' },
  UserReactivated: { by: 'by', target: 'userId' },
  UserHoldPlaced: { by: 'by', target: 'userId' },
  UserHoldEnded: { by: 'by', target: 'userId' },
  UserErasureRequested: { by: 'by', target: 'userId' },
  LogOpened: {},
  LogCopied: {},
  LogRestored: {},
  ProjectionEventSkipped: {},
  FeatureFlagChanged: {},
  SecurityEventRecorded: {},
  PrivilegedAccessStarted: {},
  PrivilegedAccessEnded: {},
}

/** Whether the user of a security event did what was noticed, or it was done to their account. */
export const securityUsers: Readonly<Record<SecurityKind, 'actor' | 'target'>> = {
  'login-failed': 'target',
  'rate-limited': 'actor',
  'access-refused': 'actor',
  'token-refused': 'target',
  'socket-refused': 'target',
  'origin-refused': 'target',
  'refresh-reuse': 'target',
  'session-revoked': 'target',
  'role-granted': 'target',
}

const snakeCase = (type: string): string => type.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase()

const nameOf = (type: EventType): string => (type === 'SecurityEventRecorded' ? 'security_event' : snakeCase(type))

const types = Object.keys(entryFields) as EventType[]

/** What each event is called in the trail: its type in snake case. */
export const entryNames = Object.fromEntries(types.map((type) => [type, nameOf(type)])) as Record<EventType, string>
