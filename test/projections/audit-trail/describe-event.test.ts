import { expect } from 'chai'
import type { AnyEvent } from '../../../src/domain/any-event.js'
import { personalFields } from '../../../src/privacy/personal-fields.js'
import { publicEvent } from '../../../src/privacy/field-plan.js'
import { securityUsers } from '../../../src/projections/audit-trail/audit-events.js'
import { describeEvent, type Description } from '../../../src/projections/audit-trail/describe-event.js'
import { ada, at, bob, chat, samples, streamOf } from '../../privacy/samples.js'

const messageId = '0d000000-0000-4000-8000-000000000004'
const originalAt = '2019-05-01T00:00:00.000Z'
const webhookId = '0f000000-0000-4000-8000-000000000007'

type Expected = Partial<Omit<Description, 'event'>>

/** Of the sample of each type: what its entry is called, who did it (also `actor` of its metadata), and the rest where it is not null. */
const entries: Record<AnyEvent['type'], readonly [event: string, userId: string | null, more: Expected]> = {
  ChatCreated: [
    'chat_created',
    ada,
    {
      chatId: chat,
      targetUserId: bob,
      details: {
        chatType: 'group',
        participants: samples.ChatCreated.participants,
        historyVisibility: 'full',
        joinPolicy: 'invite',
        imported: true,
        originalAt,
      },
    },
  ],
  ParticipantJoined: [
    'participant_joined',
    bob,
    { chatId: chat, details: { lastSeq: 4, invite: 'hash', originalAt, line: 2 } },
  ],
  ParticipantAdded: [
    'participant_added',
    ada,
    { chatId: chat, targetUserId: bob, details: { role: 'member', lastSeq: 4, ownerId: ada } },
  ],
  ParticipantLeft: ['participant_left', bob, { chatId: chat, details: { originalAt, line: 3 } }],
  ParticipantRemoved: ['participant_removed', ada, { chatId: chat, targetUserId: bob }],
  ParticipantRoleChanged: [
    'participant_role_changed',
    ada,
    { chatId: chat, targetUserId: bob, details: { role: 'admin' } },
  ],
  ParticipantBanned: ['participant_banned', ada, { chatId: chat, targetUserId: bob }],
  ParticipantUnbanned: ['participant_unbanned', ada, { chatId: chat, targetUserId: bob }],
  ChatChanged: [
    'chat_changed',
    ada,
    { chatId: chat, details: { historyVisibility: 'since-joined', joinPolicy: 'open' } },
  ],
  ChatArchived: ['chat_archived', ada, { chatId: chat }],
  ChatUnarchived: ['chat_unarchived', ada, { chatId: chat }],
  InviteCreated: ['invite_created', ada, { chatId: chat, details: { invite: 'hash', expiresAt: at, maxUses: 3 } }],
  InviteRevoked: ['invite_revoked', ada, { chatId: chat, details: { invite: 'hash' } }],
  MessageSent: [
    'message_sent',
    ada,
    {
      chatId: chat,
      messageId,
      details: { seq: 5, replyToId: '0d000000-0000-4000-8000-000000000003', replyToSeq: 4, originalAt, line: 4 },
    },
  ],
  MessageEdited: ['message_edited', ada, { chatId: chat, messageId, details: { sentVersion: 6, sentAt: at } }],
  MessageDeleted: ['message_deleted', bob, { chatId: chat, messageId, targetUserId: ada, details: { sentVersion: 6 } }],
  ReactionAdded: ['reaction_added', bob, { chatId: chat, messageId, details: { sentVersion: 6, emoji: '👍' } }],
  ReactionRemoved: ['reaction_removed', bob, { chatId: chat, messageId, details: { sentVersion: 6, emoji: '👍' } }],
  MessagePinned: ['message_pinned', bob, { chatId: chat, messageId, details: { sentVersion: 6 } }],
  MessageUnpinned: ['message_unpinned', bob, { chatId: chat, messageId, details: { sentVersion: 6 } }],
  LinkPreviewsAdded: [
    'link_previews_added',
    null,
    { chatId: chat, messageId, targetUserId: ada, details: { sentVersion: 6, sentAt: at } },
  ],
  UserRegistered: [
    'user_registered',
    bob,
    { targetUserId: ada, details: { imported: true, originalAt, ownerId: bob } },
  ],
  ProfileChanged: ['profile_changed', ada, { details: { originalAt, addableBy: 'shared-chat', showPresence: false } }],
  UserBlocked: ['user_blocked', ada, { targetUserId: bob }],
  UserUnblocked: ['user_unblocked', ada, { targetUserId: bob }],
  SessionOpened: ['session_opened', ada, { details: { sessionId: samples.SessionOpened.sessionId } }],
  SessionRevoked: [
    'session_revoked',
    bob,
    { targetUserId: ada, details: { sessionId: samples.SessionRevoked.sessionId, reason: 'logout' } },
  ],
  PasswordChanged: ['password_changed', ada, {}],
  ChatsRead: ['chats_read', ada, { chatId: chat, details: { chats: [{ chatId: chat, seq: 5 }] } }],
  ChatMuted: ['chat_muted', ada, { chatId: chat, details: { muted: true } }],
  ChatHidden: ['chat_hidden', ada, { chatId: chat, details: { seq: 5 } }],
  BanReasonGiven: ['ban_reason_given', ada, { chatId: chat, targetUserId: bob }],
  MessageReported: [
    'message_reported',
    bob,
    { chatId: chat, messageId, details: { reportId: samples.MessageReported.reportId } },
  ],
  ReportSettled: ['report_settled', ada, { chatId: chat, details: { reportId: samples.ReportSettled.reportId } }],
  WebhookCreated: [
    'webhook_created',
    ada,
    { chatId: chat, details: { webhookId, direction: 'out', events: ['new_message'], botId: bob } },
  ],
  WebhookDeleted: ['webhook_deleted', ada, { chatId: chat, details: { webhookId } }],
  WebhookDisabled: ['webhook_disabled', null, { chatId: chat, details: { webhookId, reason: 'failing' } }],
  RolesChanged: ['roles_changed', bob, { targetUserId: ada, details: { roles: ['auditor', 'admin'] } }],
  UserDeactivated: ['user_deactivated', bob, { targetUserId: ada }],
  UserHoldPlaced: ['user_hold_placed', bob, { targetUserId: ada }],
  UserHoldEnded: ['user_hold_ended', bob, { targetUserId: ada }],
  ChatRetentionChanged: ['chat_retention_changed', bob, { chatId: chat, details: { days: 30 } }],
  MessagesExpired: ['messages_expired', null, { chatId: chat, details: { months: ['2026-01'], beforeSeq: 7 } }],
  ChatHoldPlaced: ['chat_hold_placed', bob, { chatId: chat }],
  ChatHoldEnded: ['chat_hold_ended', bob, { chatId: chat }],
  UserErasureRequested: ['user_erasure_requested', bob, { targetUserId: ada }],
  UserExported: ['user_exported', ada, {}],
  UserErased: ['user_erased', null, { targetUserId: samples.UserErased.userId }],
  UserReactivated: ['user_reactivated', bob, { targetUserId: ada }],
  LogOpened: ['log_opened', null, { details: { logId: samples.LogOpened.logId } }],
  LogCopied: ['log_copied', null, { details: { logId: samples.LogCopied.logId, skipped: samples.LogCopied.skipped } }],
  LogRestored: [
    'log_restored',
    null,
    {
      details: {
        logId: samples.LogRestored.logId,
        backupId: samples.LogRestored.backupId,
        events: 1_000,
        backedUpEvents: 1_200,
        skipped: samples.LogRestored.skipped,
      },
    },
  ],
  ProjectionEventSkipped: [
    'projection_event_skipped',
    null,
    {
      details: {
        projection: 'conversations',
        position: samples.ProjectionEventSkipped.position,
        by: 'system:ops',
      },
    },
  ],
  FeatureFlagChanged: [
    'feature_flag_changed',
    null,
    {
      details: { flag: 'search', from: null, to: samples.FeatureFlagChanged.to, by: 'system:flags' },
    },
  ],
  PrivilegedAccessStarted: [
    'privileged_access_started',
    ada,
    { details: { accessId: '0f000000-0000-4000-8000-000000000009', by: ada, operation: 'GET /audit/entries' } },
  ],
  PrivilegedAccessEnded: [
    'privileged_access_ended',
    ada,
    {
      details: {
        accessId: '0f000000-0000-4000-8000-000000000009',
        by: ada,
        operation: 'GET /audit/entries',
        outcome: 'done',
        rows: 50,
      },
    },
  ],
  SecurityEventRecorded: [
    'security_event',
    null,
    { targetUserId: ada, details: { type: 'login-failed', count: 3, from: at, to: at } },
  ],
}

const types = Object.keys(entries) as AnyEvent['type'][]

const entryOf = (type: AnyEvent['type'], actor: string | null): Description =>
  describeEvent(publicEvent(samples[type]), actor, streamOf(samples[type]))

describe('the entry of an event', () => {
  for (const type of types)
    it(`${type}: who did what to whom, and nothing personal but ids`, () => {
      const [event, userId, more] = entries[type]
      const nobody = { targetUserId: null, chatId: null, messageId: null, details: {}, subjects: [] }
      expect(entryOf(type, userId)).to.deep.equal({ event, userId, ...nobody, ...more })
    })

  it('has one name for each type of event', () => {
    expect(new Set(types.map((type) => entries[type][0])).size).to.equal(types.length)
  })

  it('takes nothing of a personal field, even where the event that was read has one in clear', () => {
    for (const type of types) {
      const personal = Object.entries(personalFields[type]).flatMap(([field, kind]) =>
        kind === 'public' ? [] : [field],
      )
      const whole = samples[type] // as an event of an earlier version may be
      const { details } = describeEvent(whole, ada, streamOf(whole))
      expect(details, type).to.not.have.any.keys(...personal, 'none')
    }
  })

  it('of what someone did to themselves has no target', () => {
    const deleted = { ...samples.MessageDeleted, by: ada }
    expect(describeEvent(deleted, ada, streamOf(deleted))).to.include({ userId: ada, targetUserId: null })
    expect(entryOf('UserRegistered', ada)).to.include({ userId: ada, targetUserId: null })
  })

  it('of what the operator did has the user to whom it was done', () => {
    const byOperator = { ...samples.RolesChanged, by: null }
    expect(describeEvent(byOperator, null, 'roles')).to.include({ userId: null, targetUserId: ada })
    expect(entryOf('SessionRevoked', null)).to.include({ userId: null, targetUserId: ada })
  })

  it('that concerns several users or chats names them all in its details, and can be found by each', () => {
    const cleo = '0c000000-0000-4000-8000-00000000000c'
    const participants = [ada, bob, cleo].map((userId) => ({ userId, role: 'member' as const }))
    const created = describeEvent({ ...samples.ChatCreated, participants }, ada, `chat-${chat}`)
    expect(created).to.deep.include({ targetUserId: null, chatId: chat })
    expect(created.details['participants']).to.deep.equal(participants)
    expect(created.subjects).to.deep.equal([bob, cleo].map((id) => ({ field: 'target_user_id', id })))

    const chats = [chat, cleo].map((chatId) => ({ chatId, seq: 5 }))
    const read = describeEvent({ ...samples.ChatsRead, chats }, ada, `inbox-${ada}`)
    expect(read).to.deep.include({ userId: ada, chatId: null, details: { chats } })
    expect(read.subjects).to.deep.equal([chat, cleo].map((id) => ({ field: 'chat_id', id })))
  })

  it('of a security event has the user as who did it, or as to whom it was done', () => {
    for (const [kind, as] of Object.entries(securityUsers)) {
      const event = { ...samples.SecurityEventRecorded, kind: kind as keyof typeof securityUsers }
      const { userId, targetUserId, details } = describeEvent(event, null, 'security-2026-03-31-a')
      expect([userId, targetUserId], kind).to.deep.equal(as === 'actor' ? [ada, null] : [null, ada])
      expect(details['type']).to.equal(kind)
    }
  })
})
