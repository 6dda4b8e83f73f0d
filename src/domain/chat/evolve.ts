import { assertNever } from '../decider.js'
import type { PublicEvent } from '../event.js'
import { orderedMap } from '../ordered-map.js'
import type { ChatCreated, ChatEvent, Role } from './events.js'
import type { Chat, OpenChat } from './state.js'

export function evolve(chat: Chat, event: PublicEvent<ChatEvent>): Chat {
  const next = event.type === 'ChatCreated' ? created(event) : change(chat, event)
  return 'line' in event ? { ...next, lastLine: Math.max(next.lastLine, event.line) } : next
}

function created(event: PublicEvent<ChatCreated>): OpenChat {
  const { chatType, participants, historyVisibility, joinPolicy, imported } = event
  const spans = [{ fromVersion: 1, toVersion: null }]
  return {
    status: 'open',
    version: 1,
    chatType,
    participants: orderedMap(
      participants.map(({ userId, role, ownerId }) => [userId, { role, spans, ...ownedBy(ownerId) }]),
    ),
    past: orderedMap(),
    banned: orderedMap(),
    invites: orderedMap(),
    visibility: [{ fromVersion: 1, visibility: historyVisibility }],
    joinPolicy,
    imported,
    archived: false,
    pins: 0,
    lastSeq: 0,
    expiredMonths: [],
    lastLine: 0,
  }
}

function change(before: Chat, event: Exclude<PublicEvent<ChatEvent>, { type: 'ChatCreated' }>): OpenChat {
  if (before.status === 'absent') throw new Error(`a chat cannot begin with ${event.type}`)
  const chat = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'ParticipantJoined': {
      const joined = begun(chat, event.userId, 'member')
      return event.invite === undefined ? joined : inviteUsed(joined, event.invite)
    }
    case 'ParticipantAdded':
      return begun(chat, event.userId, event.role, event.ownerId)
    case 'ParticipantRoleChanged': {
      const known = chat.participants.get(event.userId) ?? { spans: [] }
      return { ...chat, participants: chat.participants.with(event.userId, { ...known, role: event.role }) }
    }
    case 'ParticipantLeft':
    case 'ParticipantRemoved':
      return ended(chat, event.userId)
    case 'ParticipantBanned':
      return { ...ended(chat, event.userId), banned: chat.banned.with(event.userId, true) }
    case 'ParticipantUnbanned':
      return { ...chat, banned: chat.banned.without(event.userId) }
    case 'ChatChanged':
      return changed(chat, event)
    case 'ChatArchived':
      return { ...chat, archived: true }
    case 'ChatUnarchived':
      return { ...chat, archived: false }
    case 'InviteCreated': {
      const { invite, expiresAt, maxUses } = event
      return { ...chat, invites: chat.invites.with(invite, { expiresAt, usesLeft: maxUses }) }
    }
    case 'InviteRevoked':
      return { ...chat, invites: chat.invites.without(event.invite) }
    case 'MessageSent':
      return { ...chat, lastSeq: event.seq }
    case 'MessagePinned':
      return { ...chat, pins: chat.pins + 1 }
    case 'MessageUnpinned':
      return { ...chat, pins: chat.pins - 1 }
    case 'MessagesExpired':
      return { ...chat, expiredMonths: [...chat.expiredMonths, ...event.months] }
    case 'MessageEdited':
    case 'MessageDeleted':
    case 'ReactionAdded':
    case 'ReactionRemoved':
    case 'LinkPreviewsAdded':
      return chat
    default:
      return assertNever(event)
  }
}

function changed(
  chat: OpenChat,
  { historyVisibility: visibility, joinPolicy }: Extract<PublicEvent<ChatEvent>, { type: 'ChatChanged' }>,
): OpenChat {
  const setting = visibility === undefined ? [] : [{ fromVersion: chat.version, visibility }]
  return { ...chat, visibility: [...chat.visibility, ...setting], joinPolicy: joinPolicy ?? chat.joinPolicy }
}

const ownedBy = (ownerId: string | undefined) => (ownerId === undefined ? {} : { ownerId })

function begun(chat: OpenChat, userId: string, role: Role, ownerId?: string): OpenChat {
  const spans = [...(chat.past.get(userId) ?? []), { fromVersion: chat.version, toVersion: null }]
  return {
    ...chat,
    participants: chat.participants.with(userId, { role, spans, ...ownedBy(ownerId) }),
    past: chat.past.without(userId),
  }
}

function ended(chat: OpenChat, userId: string): OpenChat {
  const spans = chat.participants.get(userId)?.spans
  if (spans === undefined) return chat
  const closed = spans.map((span) => (span.toVersion === null ? { ...span, toVersion: chat.version } : span))
  return { ...chat, participants: chat.participants.without(userId), past: chat.past.with(userId, closed) }
}

function inviteUsed(chat: OpenChat, invite: string): OpenChat {
  const known = chat.invites.get(invite)
  if (known === undefined || known.usesLeft === null) return chat
  const usesLeft = known.usesLeft - 1
  const { invites } = chat
  return { ...chat, invites: usesLeft === 0 ? invites.without(invite) : invites.with(invite, { ...known, usesLeft }) }
}
