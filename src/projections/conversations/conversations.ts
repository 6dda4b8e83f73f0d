import type { ClientBase } from 'pg'
import { assertNever } from '../../domain/decider.js'
import { idOf } from '../../domain/streams.js'
import type { EventReader, OpenedEvent } from '../../privacy/event-reader.js'
import type { Projection, TableName } from '../engine/projection.js'
import { beginBan, bansSchema, endBan, giveReason } from './bans.js'
import { beginBlock, blocksSchema, endBlock } from './blocks.js'
import { applyChange, applyCreated, chatsSchema } from './chats.js'
import { applyDeleted, applyEdited, editsSchema } from './edits.js'
import { applyPin, pinsSchema } from './pins.js'
import { applyReaction, reactionsSchema } from './reactions.js'
import {
  beginMemberships,
  beginnings,
  changeRole,
  endMembership,
  endedMembership,
  membershipsSchema,
} from './memberships.js'
import { applyLinkPreviews, applySent, messagesSchema, type SentMessage } from './messages.js'
import { applyVisibility, fullSpansSchema } from './full-spans.js'
import { applyOwnSetting, ownSettingsSchema } from './own-settings.js'
import { applyDeletedSeq, applyRead, deletedSeqsSchema } from './reading.js'
import { applyOpenChat, openChatsSchema } from './open-chats.js'
import { applyProfileChanged, applyRegistered, usersSchema } from './users.js'
import { applyReported, applySettled, reportsSchema } from './reports.js'
import { applyEditedWords, applySentWords, forgetWords, searchSchema } from './search.js'
import { applyArchived, applySettings } from './settings.js'
import { applyWebhookCreated, applyWebhookDeleted, applyWebhookDisabled, webhooksSchema } from './webhooks.js'

/** Each with the tables that it makes. */
const parts: readonly [schema: (table: TableName) => string, ...tables: string[]][] = [
  [usersSchema, 'people'],
  [chatsSchema, 'chats'],
  [membershipsSchema, 'memberships'],
  [fullSpansSchema, 'full_spans'],
  [messagesSchema, 'messages'],
  [deletedSeqsSchema, 'deleted_seqs'],
  [ownSettingsSchema, 'own_settings'],
  [editsSchema, 'edits'],
  [reactionsSchema, 'reactions', 'reaction_counts'],
  [pinsSchema, 'pins'],
  [bansSchema, 'bans'],
  [blocksSchema, 'blocks'],
  [openChatsSchema, 'open_chats'],
  [reportsSchema, 'reports'],
  [searchSchema, 'search_texts'],
  [webhooksSchema, 'webhooks'],
]

/** People, chats, who takes part in them and what is said: one projection, so that a membership and the messages it guards agree. */
export const createConversations = (reader: EventReader): Projection => ({
  name: 'conversations',
  version: 4,
  tables: parts.flatMap(([, ...tables]) => tables),
  streamPrefixes: ['user-', 'chat-', 'inbox-', 'moderation-'],
  schema: (table) => parts.map(([make]) => make(table)).join('\n'),
  prepare: (batch) => reader.open(batch),
  async apply(batch, tx, table) {
    let sent: SentMessage[] = []
    const flush = async (): Promise<void> => {
      const messages = sent
      sent = []
      if (messages.length === 0) return
      await applySent(messages, tx, table)
      await applySentWords(messages, tx, table)
    }
    for (const opened of await reader.open(batch)) {
      const { event, stream, version, at: recordedAt } = opened
      const at = 'originalAt' in event ? event.originalAt : recordedAt
      if (event.type === 'MessageSent') {
        sent.push({ event, chatId: idOf(stream), version, at, recordedAt })
      } else {
        await flush()
        await applyOther(opened, event, at, tx, table)
      }
    }
    await flush()
  },
})

async function applyOther(
  { stream, version, at: recordedAt }: OpenedEvent,
  event: Exclude<OpenedEvent['event'], { type: 'MessageSent' }>,
  at: string,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  const where = { chatId: idOf(stream), version, at }
  switch (event.type) {
    case 'UserRegistered':
      return applyRegistered(event, recordedAt, tx, table)
    case 'ProfileChanged':
      return applyProfileChanged(event, recordedAt, tx, table)
    case 'ChatCreated':
      await applyCreated(event, where, tx, table)
      await applyVisibility(event.historyVisibility, where, tx, table)
      if (event.joinPolicy === 'open') await applyOpenChat(where.chatId, tx, table)
      return beginMemberships(beginnings(event), where, tx, table)
    case 'ParticipantJoined':
    case 'ParticipantAdded': {
      const role = event.type === 'ParticipantAdded' ? event.role : 'member'
      await applyChange(1, where, tx, table)
      return beginMemberships([{ userId: event.userId, role, readSeq: event.lastSeq }], where, tx, table)
    }
    case 'ParticipantLeft':
    case 'ParticipantRemoved':
      await applyChange(-1, where, tx, table)
      return endMembership(event.userId, where, tx, table)
    case 'ParticipantRoleChanged':
      await applyChange(0, where, tx, table)
      return changeRole(event.userId, event.role, where, tx, table)
    case 'ChatsRead':
      return applyRead(event, tx, table)
    case 'LinkPreviewsAdded':
      return applyLinkPreviews(event, where, tx, table)
    case 'MessageReported':
      return applyReported(event, where, tx, table)
    case 'ReportSettled':
      return applySettled(event, at, tx, table)
    case 'ParticipantBanned':
      await applyChange(await endedMembership(event.userId, where, tx, table), where, tx, table)
      return beginBan(event, where, tx, table)
    case 'ParticipantUnbanned':
      await applyChange(0, where, tx, table)
      return endBan(event, where, tx, table)
    case 'ChatChanged':
      await applySettings(event, where, tx, table)
      if (event.historyVisibility !== undefined) await applyVisibility(event.historyVisibility, where, tx, table)
      return applyOpenChat(where.chatId, tx, table)
    case 'ChatArchived':
    case 'ChatUnarchived':
      await applyArchived(event.type === 'ChatArchived', where, tx, table)
      return applyOpenChat(where.chatId, tx, table)
    case 'PersonBlocked':
      return beginBlock(event, version, tx, table)
    case 'PersonUnblocked':
      return endBlock(event, tx, table)
    case 'BanReasonGiven':
      return giveReason(event, where, tx, table)
    case 'InviteCreated':
    case 'InviteRevoked':
      return applyChange(0, where, tx, table)
    case 'MessageEdited':
      await applyEdited(event, where, tx, table)
      return applyEditedWords(event, tx, table)
    case 'MessageDeleted':
      await applyDeletedSeq(event.messageId, where, tx, table)
      await applyDeleted(event, where, tx, table)
      return forgetWords(event.messageId, tx, table)
    case 'ReactionAdded':
    case 'ReactionRemoved':
      return applyReaction(event, where, tx, table)
    case 'MessagePinned':
    case 'MessageUnpinned':
      return applyPin(event, where, tx, table)
    case 'ChatMuted':
    case 'ChatHidden':
      return applyOwnSetting(event, tx, table)
    case 'WebhookCreated':
      return applyWebhookCreated(event, where, tx, table)
    case 'WebhookDeleted':
      return applyWebhookDeleted(event, tx, table)
    case 'WebhookDisabled':
      return applyWebhookDisabled(event, tx, table)
    case 'SessionOpened':
    case 'SessionRevoked':
    case 'PasswordChanged':
    case 'RolesChanged':
    case 'UserDeactivated':
    case 'UserReactivated':
    case 'LogOpened':
    case 'SecurityEventRecorded':
      return
    default:
      return assertNever(event)
  }
}
