import type { ChatCommand } from '../../../src/domain/chat/commands.js'
import type { ChatCreated, ChatEvent, Role } from '../../../src/domain/chat/events.js'
import type { KnownMessage } from '../../../src/domain/chat/message-fact.js'
import type { Decided, PublicEvent } from '../../../src/domain/event.js'

/** Short events and commands; ids are whatever tells people apart. */
export const originalAt = '2019-05-01T10:00:00.000Z'

export const created = (
  roles: Record<string, Role> = { ada: 'owner', bob: 'member' },
  change: Partial<PublicEvent<ChatCreated>> = {},
): PublicEvent<ChatCreated> => ({
  type: 'ChatCreated',
  chatType: 'group',
  createdBy: 'ada',
  participants: Object.entries(roles).map(([userId, role]) => ({ userId, role })),
  historyVisibility: 'full',
  joinPolicy: 'invite',
  imported: false,
  ...change,
})

export const direct = created({ ada: 'owner', bob: 'member' }, { chatType: 'direct' })
export const open = created({ ada: 'owner' }, { joinPolicy: 'open' })
export const imported = created({ ada: 'owner' }, { imported: true, originalAt })

export const joined = (userId: string, lastSeq = 0): Decided<ChatEvent> => ({
  type: 'ParticipantJoined',
  userId,
  lastSeq,
})

export const left = (userId: string): Decided<ChatEvent> => ({ type: 'ParticipantLeft', userId })

export const removed = (userId: string, by: string): Decided<ChatEvent> => ({ type: 'ParticipantRemoved', userId, by })

export const roleChanged = (userId: string, role: Role, by: string): Decided<ChatEvent> => ({
  type: 'ParticipantRoleChanged',
  userId,
  role,
  by,
})

export const banned = (by: string, userId: string): Decided<ChatEvent> => ({ type: 'ParticipantBanned', userId, by })
export const unbanned = (by: string, userId: string): Decided<ChatEvent> => ({
  type: 'ParticipantUnbanned',
  userId,
  by,
})
export const archived = (by: string): Decided<ChatEvent> => ({ type: 'ChatArchived', by })
export const unarchived = (by: string): Decided<ChatEvent> => ({ type: 'ChatUnarchived', by })

/** For ever and for all, unless told otherwise. */
export const invited = (
  change: Partial<{ invite: string; by: string; expiresAt: string | null; maxUses: number | null }> = {},
): Decided<ChatEvent> => ({
  type: 'InviteCreated',
  invite: 'invite',
  by: 'ada',
  expiresAt: null,
  maxUses: null,
  ...change,
})

export const sent = (senderId: string, seq: number) => ({
  type: 'MessageSent' as const,
  messageId: `message ${seq}`,
  seq,
  senderId,
  messageType: 'text',
  content: 'Hello Bob!',
  mentions: [],
  mentionsAll: false,
  metadata: null,
  clientMessageId: null,
})

/** The command of which `sent` is the event. */
export const send = (senderId: string, seq: number): Extract<ChatCommand, { type: 'SendMessage' }> => {
  const { seq: _, ...message } = sent(senderId, seq)
  return { ...message, type: 'SendMessage' }
}

/** What is known of a message that Ada sent first, unless told otherwise. */
export const fact = (change: Partial<KnownMessage> = {}): KnownMessage => ({
  status: 'sent',
  version: 2,
  seq: 1,
  senderId: 'ada',
  sentVersion: 2,
  sentAt: '2026-03-31T23:59:59.999Z',
  contentVersion: 2,
  pinned: false,
  emojis: new Map(),
  mine: new Set(),
  ...change,
})
