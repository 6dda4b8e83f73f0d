import type { AnyEvent } from '../../src/domain/any-event.js'
import { chatUpcasters } from '../../src/domain/chat/upcast.js'
import type { Decided } from '../../src/domain/event.js'
import { inboxUpcasters } from '../../src/domain/inbox/upcast.js'
import { logUpcasters } from '../../src/domain/log/upcast.js'
import { moderationUpcasters } from '../../src/domain/moderation/upcast.js'
import { rolesUpcasters } from '../../src/domain/roles/upcast.js'
import { securityUpcasters } from '../../src/domain/security/upcast.js'
import {
  chatStream,
  inboxStream,
  logStream,
  moderationStream,
  rolesStream,
  securityStream,
  userStream,
} from '../../src/domain/streams.js'
import { userUpcasters } from '../../src/domain/user/upcast.js'
import type { ToSeal } from '../../src/privacy/event-sealer.js'

export const ada = '0a000000-0000-4000-8000-000000000001'
export const bob = '0b000000-0000-4000-8000-000000000002'
export const chat = '0c000000-0000-4000-8000-000000000003'
/** Reading that this user was erased makes their events unreadable. */
export const gone = '0d000000-0000-4000-8000-000000000004'
const session = '0f000000-0000-4000-8000-000000000009'
export const at = '2026-03-31T23:59:59.999Z'

const originalAt = '2019-05-01T00:00:00.000Z'

/** One event of each type, with every field it can have. */
export const samples: { [Type in AnyEvent['type']]: Required<Decided<Extract<AnyEvent, { type: Type }>>> } = {
  ChatCreated: {
    type: 'ChatCreated',
    chatType: 'group',
    createdBy: ada,
    participants: [
      { userId: ada, role: 'owner' },
      { userId: bob, role: 'member', ownerId: ada },
    ],
    historyVisibility: 'full',
    joinPolicy: 'invite',
    imported: true,
    originalAt,
    name: 'the secret garden',
  },
  ParticipantJoined: { type: 'ParticipantJoined', userId: bob, lastSeq: 4, invite: 'hash', originalAt, line: 2 },
  ParticipantAdded: { type: 'ParticipantAdded', userId: bob, role: 'member', by: ada, lastSeq: 4, ownerId: ada },
  ParticipantLeft: { type: 'ParticipantLeft', userId: bob, originalAt, line: 3 },
  ParticipantRemoved: { type: 'ParticipantRemoved', userId: bob, by: ada },
  ParticipantRoleChanged: { type: 'ParticipantRoleChanged', userId: bob, role: 'admin', by: ada },
  MessageSent: {
    type: 'MessageSent',
    messageId: '0d000000-0000-4000-8000-000000000004',
    seq: 5,
    senderId: ada,
    messageType: 'secret-poll',
    replyToId: '0d000000-0000-4000-8000-000000000003',
    replyToSeq: 4,
    originalAt,
    line: 4,
    content: 'meet me under the secret oak',
    mentions: [bob],
    mentionsAll: false,
    metadata: { place: 'the secret oak', tags: ['tree'] },
    clientMessageId: 'my secret draft 1',
  },
  ParticipantBanned: { type: 'ParticipantBanned', userId: bob, by: ada },
  ParticipantUnbanned: { type: 'ParticipantUnbanned', userId: bob, by: ada },
  ChatChanged: {
    type: 'ChatChanged',
    by: ada,
    historyVisibility: 'since-joined',
    joinPolicy: 'open',
    name: 'the more secret garden',
  },
  ChatArchived: { type: 'ChatArchived', by: ada },
  ChatUnarchived: { type: 'ChatUnarchived', by: ada },
  InviteCreated: { type: 'InviteCreated', invite: 'hash', by: ada, expiresAt: at, maxUses: 3 },
  InviteRevoked: { type: 'InviteRevoked', invite: 'hash', by: ada },
  MessageEdited: {
    type: 'MessageEdited',
    messageId: '0d000000-0000-4000-8000-000000000004',
    sentVersion: 6,
    senderId: ada,
    sentAt: at,
    content: 'meet me under the other secret oak',
    mentions: [bob],
    mentionsAll: false,
  },
  MessageDeleted: {
    type: 'MessageDeleted',
    messageId: '0d000000-0000-4000-8000-000000000004',
    sentVersion: 6,
    senderId: ada,
    by: bob,
  },
  ReactionAdded: {
    type: 'ReactionAdded',
    messageId: '0d000000-0000-4000-8000-000000000004',
    sentVersion: 6,
    userId: bob,
    emoji: '👍',
  },
  ReactionRemoved: {
    type: 'ReactionRemoved',
    messageId: '0d000000-0000-4000-8000-000000000004',
    sentVersion: 6,
    userId: bob,
    emoji: '👍',
  },
  MessagePinned: {
    type: 'MessagePinned',
    messageId: '0d000000-0000-4000-8000-000000000004',
    sentVersion: 6,
    by: bob,
  },
  MessageUnpinned: {
    type: 'MessageUnpinned',
    messageId: '0d000000-0000-4000-8000-000000000004',
    sentVersion: 6,
    by: bob,
  },
  LinkPreviewsAdded: {
    type: 'LinkPreviewsAdded',
    messageId: '0d000000-0000-4000-8000-000000000004',
    senderId: ada,
    sentVersion: 6,
    sentAt: at,
    previews: [
      {
        url: 'https://secret.example/oak',
        title: 'The secret oak',
        description: 'Where the secret oak stands',
        imageUrl: 'https://secret.example/oak.png',
      },
    ],
  },
  UserRegistered: { type: 'UserRegistered', userId: ada, imported: true, originalAt, ownerId: bob, name: 'Ada Secret' },
  ProfileChanged: {
    type: 'ProfileChanged',
    userId: ada,
    originalAt,
    addableBy: 'shared-chat',
    showPresence: false,
    name: 'Ada of Secret',
    avatarUrl: 'https://secret.example/ada.png',
    statusText: 'in a secret place',
  },
  UserBlocked: { type: 'UserBlocked', userId: ada, blockedId: bob },
  UserUnblocked: { type: 'UserUnblocked', userId: ada, blockedId: bob },
  SessionOpened: { type: 'SessionOpened', userId: ada, sessionId: session },
  SessionRevoked: { type: 'SessionRevoked', userId: ada, sessionId: session, reason: 'logout' },
  PasswordChanged: { type: 'PasswordChanged', userId: ada },
  ChatsRead: { type: 'ChatsRead', userId: ada, chats: [{ chatId: chat, seq: 5 }] },
  ChatMuted: { type: 'ChatMuted', userId: ada, chatId: chat, muted: true },
  ChatHidden: { type: 'ChatHidden', userId: ada, chatId: chat, seq: 5 },
  BanReasonGiven: { type: 'BanReasonGiven', userId: bob, by: ada, reason: 'told the secret' },
  MessageReported: {
    type: 'MessageReported',
    reportId: '0f000000-0000-4000-8000-000000000006',
    messageId: '0d000000-0000-4000-8000-000000000004',
    reporterId: bob,
    reason: 'it is no secret',
  },
  ReportSettled: {
    type: 'ReportSettled',
    reportId: '0f000000-0000-4000-8000-000000000006',
    by: ada,
    outcome: 'kept secret',
  },
  WebhookCreated: {
    type: 'WebhookCreated',
    webhookId: '0f000000-0000-4000-8000-000000000007',
    by: ada,
    direction: 'out',
    events: ['new_message'],
    botId: bob,
    url: 'https://secret.example/hook',
    name: 'secret hook',
  },
  WebhookDeleted: { type: 'WebhookDeleted', webhookId: '0f000000-0000-4000-8000-000000000007', by: ada },
  WebhookDisabled: { type: 'WebhookDisabled', webhookId: '0f000000-0000-4000-8000-000000000007', reason: 'failing' },
  RolesChanged: { type: 'RolesChanged', userId: ada, roles: ['auditor', 'admin'], by: bob },
  UserDeactivated: { type: 'UserDeactivated', userId: ada, by: bob },
  UserHoldPlaced: { type: 'UserHoldPlaced', userId: ada, by: bob, reason: 'a secret case' },
  UserHoldEnded: { type: 'UserHoldEnded', userId: ada, by: bob, reason: 'a secret end' },
  ChatRetentionChanged: { type: 'ChatRetentionChanged', by: bob, days: 30 },
  MessagesExpired: { type: 'MessagesExpired', months: ['2026-01'], beforeSeq: 7 },
  ChatHoldPlaced: { type: 'ChatHoldPlaced', by: bob, reason: 'a secret case' },
  ChatHoldEnded: { type: 'ChatHoldEnded', by: bob, reason: 'a secret end' },
  UserErasureRequested: { type: 'UserErasureRequested', userId: ada, by: bob },
  UserExported: { type: 'UserExported', userId: ada },
  UserErased: { type: 'UserErased', userId: gone },
  UserReactivated: { type: 'UserReactivated', userId: ada, by: bob },
  LogOpened: { type: 'LogOpened', logId: '0e000000-0000-4000-8000-000000000005' },
  LogCopied: {
    type: 'LogCopied',
    logId: '0e000000-0000-4000-8000-000000000006',
    skipped: [{ projection: 'conversations', position: '0e000000-0000-4000-8000-000000000006.7' }],
  },
  LogRestored: {
    type: 'LogRestored',
    logId: '0e000000-0000-4000-8000-000000000007',
    backupId: '0e000000-0000-4000-8000-000000000008',
    events: 1_000,
    backedUpEvents: 1_200,
    skipped: [{ projection: 'conversations', position: '0e000000-0000-4000-8000-000000000007.7' }],
  },
  ProjectionEventSkipped: {
    type: 'ProjectionEventSkipped',
    projection: 'conversations',
    position: '0e000000-0000-4000-8000-000000000005:7',
    by: 'system:ops',
    reason: 'secret reason',
  },
  FeatureFlagChanged: {
    type: 'FeatureFlagChanged',
    flag: 'search',
    from: null,
    to: '{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}',
    by: 'system:flags',
  },
  PrivilegedAccessStarted: {
    type: 'PrivilegedAccessStarted',
    accessId: '0f000000-0000-4000-8000-000000000009',
    by: ada,
    operation: 'GET /audit/entries',
    filter: '{"userId":"secret"}',
    reason: 'A secret complaint',
  },
  PrivilegedAccessEnded: {
    type: 'PrivilegedAccessEnded',
    accessId: '0f000000-0000-4000-8000-000000000009',
    by: ada,
    operation: 'GET /audit/entries',
    outcome: 'done',
    rows: 50,
  },
  SecurityEventRecorded: {
    type: 'SecurityEventRecorded',
    kind: 'login-failed',
    userId: ada,
    count: 3,
    from: at,
    to: at,
    ip: '192.0.2.7 secret',
    userAgent: 'Secret/1.0',
    subject: 'the hash of a secret',
  },
}

/** Of each kind of stream, the events that stand in it; the stream's name. */
const streams: readonly (readonly [events: object, name: (ids: typeof sampleIds) => string])[] = [
  [chatUpcasters, (ids) => chatStream(ids.chat)],
  [userUpcasters, (ids) => userStream(ids.user)],
  [inboxUpcasters, (ids) => inboxStream(ids.user)],
  [moderationUpcasters, (ids) => moderationStream(ids.chat)],
  [rolesUpcasters, () => rolesStream],
  [logUpcasters, () => logStream],
  [securityUpcasters, (ids) => securityStream(ids.day, ids.node)],
]

const sampleIds = { user: ada, chat, day: at.slice(0, 10), node: 'a1b2c3d4' }

function streamWith(type: AnyEvent['type'], ids: typeof sampleIds): string {
  const name = streams.find(([events]) => type in events)?.[1]
  if (name === undefined) throw new Error(`${type} stands in no stream`)
  return name(ids)
}

export const streamOf = ({ type }: { type: AnyEvent['type'] }): string => streamWith(type, sampleIds)

/** As the docs name it: `chat-<chatId>`. */
export const streamPattern = (type: AnyEvent['type']): string =>
  streamWith(type, { user: '<userId>', chat: '<chatId>', day: '<day>', node: '<node>' })

/** The event as the seventh of its stream, recorded at `at`. */
export const placed = (event: Decided<AnyEvent>): ToSeal => ({
  stream: streamOf(event),
  version: 7,
  id: '10000000-0000-4000-8000-000000000006',
  event,
  metadata: {
    at,
    commandId: '20000000-0000-4000-8000-000000000007',
    actor: ada,
    origin: 'rest',
    correlationId: '30000000-0000-4000-8000-000000000008',
  },
})

/** A message just sent, not an imported one. */
export const message = (content: string): Decided<AnyEvent> & { type: 'MessageSent' } => ({
  type: 'MessageSent',
  messageId: '0d000000-0000-4000-8000-000000000004',
  seq: 5,
  senderId: ada,
  messageType: 'text',
  content,
  mentions: [],
  mentionsAll: false,
  metadata: null,
  clientMessageId: null,
})
