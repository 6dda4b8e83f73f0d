import { accepting, assertNever, reject, type Decider, type Outcome } from '../decider.js'
import type { Decided, Folded, JsonObject } from '../event.js'
import type {
  ChatCreated,
  ChatEvent,
  ChatType,
  HistoryVisibility,
  Imported,
  JoinPolicy,
  LinkPreview,
  Role,
} from './events.js'
import { orderedMap, type OrderedMap } from '../ordered-map.js'

/** Commands of an import carry the number of their line; by it, a chat knows which lines it has been past. */
export type ChatCommand =
  | {
      type: 'CreateChat'
      chatType: ChatType
      by: string
      /** The others, without the creator; exactly one in a direct chat. */
      participantIds: readonly string[]
      name: string | null
      historyVisibility: HistoryVisibility
      joinPolicy: JoinPolicy
      imported: boolean
      originalAt?: string
    }
  | ({ type: 'JoinChat'; userId: string } & Imported)
  | ({ type: 'LeaveChat'; userId: string } & Imported)
  | { type: 'AddParticipants'; userIds: readonly string[]; role: Role; by: string }
  | { type: 'RemoveParticipant'; userId: string; by: string }
  | ({
      type: 'SendMessage'
      messageId: string
      senderId: string
      messageType: string
      content: string
      metadata: JsonObject | null
      clientMessageId: string | null
    } & Imported)
  | {
      type: 'AddLinkPreviews'
      messageId: string
      senderId: string
      seq: number
      /** The message's version when its links were read: those of a message changed since are not added. */
      sentVersion: number
      sentAt: string
      previews: readonly LinkPreview[]
    }

export type ChatRejection =
  /** Also for a chat that is not there: an outsider cannot tell the two apart. */
  | { code: 'not-a-participant' }
  | { code: 'role-too-low' }
  /** A direct chat always has exactly its two members. */
  | { code: 'direct-chat' }
  /** An import meets a chat that no import made, or the other way round. */
  | { code: 'not-imported' }

export type Chat =
  | { status: 'absent' }
  | {
      status: 'open'
      chatType: ChatType
      /** In the order in which they came. */
      participants: OrderedMap<Role>
      historyVisibility: HistoryVisibility
      joinPolicy: JoinPolicy
      imported: boolean
      lastSeq: number
      /** The last line of an import that stands here, 0 for none. */
      lastLine: number
    }

type OpenChat = Extract<Chat, { status: 'open' }>
type Command<Type extends ChatCommand['type']> = Extract<ChatCommand, { type: Type }>
type ChatOutcome = Outcome<ChatEvent, ChatRejection>

const rank: Record<Role, number> = { member: 0, admin: 1, owner: 2 }

/** Whether an import has been past this line: what changed nothing then must change nothing now. */
const isPast = ({ line }: Imported, { lastLine }: OpenChat): boolean => line !== undefined && line <= lastLine

/** What an event keeps of its import; nothing where there was none. */
const importOf = ({ originalAt, line }: Imported): Imported => ({
  ...(originalAt === undefined ? {} : { originalAt }),
  ...(line === undefined ? {} : { line }),
})

const accept = accepting<ChatEvent>()

export const chatDecider: Decider<ChatCommand, Chat, ChatEvent, ChatRejection> = {
  initial: { status: 'absent' },
  decide,
  evolve,
}

function decide(command: ChatCommand, chat: Chat): ChatOutcome {
  if (command.type === 'CreateChat') return createChat(command, chat)
  if (chat.status === 'absent') return reject({ code: 'not-a-participant' })
  if ('line' in command && !chat.imported) return reject({ code: 'not-imported' })
  switch (command.type) {
    case 'JoinChat':
      return joinChat(command, chat)
    case 'LeaveChat':
      return leaveChat(command, chat)
    case 'AddParticipants':
      return addParticipants(command, chat)
    case 'RemoveParticipant':
      return removeParticipant(command, chat)
    case 'SendMessage':
      return sendMessage(command, chat)
    case 'AddLinkPreviews':
      return addLinkPreviews(command, chat)
    default:
      return assertNever(command)
  }
}

function createChat(command: Command<'CreateChat'>, chat: Chat): ChatOutcome {
  const { chatType, by, participantIds, name, historyVisibility, joinPolicy, imported } = command
  if (chat.status === 'open') return chat.imported === imported ? accept() : reject({ code: 'not-imported' })
  return accept({
    type: 'ChatCreated',
    chatType,
    createdBy: by,
    participants: [
      { userId: by, role: 'owner' },
      ...participantIds.filter((userId) => userId !== by).map((userId) => ({ userId, role: 'member' as const })),
    ],
    historyVisibility,
    joinPolicy,
    imported,
    ...importOf(command),
    name,
  })
}

function joinChat(command: Command<'JoinChat'>, chat: OpenChat): ChatOutcome {
  if (chat.participants.has(command.userId) || isPast(command, chat)) return accept()
  if (chat.chatType === 'direct') return reject({ code: 'not-a-participant' })
  if (chat.joinPolicy !== 'open' && command.line === undefined) return reject({ code: 'not-a-participant' })
  return accept(...joined(command.userId, chat, importOf(command)))
}

/** Who joins a chat that everyone has left owns it: a chat with participants always has an owner. */
function joined(userId: string, { participants, lastSeq }: OpenChat, imported: Imported): Decided<ChatEvent>[] {
  const joining = { type: 'ParticipantJoined', userId, lastSeq, ...imported } as const
  if (participants.size > 0) return [joining]
  return [joining, { type: 'ParticipantRoleChanged', userId, role: 'owner', by: userId }]
}

function leaveChat(command: Command<'LeaveChat'>, chat: OpenChat): ChatOutcome {
  const { userId } = command
  if (isPast(command, chat)) return accept()
  if (!chat.participants.has(userId)) return reject({ code: 'not-a-participant' })
  if (chat.chatType === 'direct') return reject({ code: 'direct-chat' })
  const left = { type: 'ParticipantLeft', userId, ...importOf(command) } as const
  const heir = heirOf(userId, chat)
  if (heir === null) return accept(left)
  return accept({ type: 'ParticipantRoleChanged', userId: heir, role: 'owner', by: userId }, left)
}

/** Who owns the chat when its last owner leaves: the longest-standing admin, else member; null when an owner stays or nobody does. */
function heirOf(leaver: string, { participants }: OpenChat): string | null {
  if (participants.get(leaver) !== 'owner') return null
  const others = [...participants].filter(([userId]) => userId !== leaver)
  if (others.some(([, role]) => role === 'owner')) return null
  const heir = others.find(([, role]) => role === 'admin') ?? others[0]
  return heir?.[0] ?? null
}

function addParticipants({ userIds, role, by }: Command<'AddParticipants'>, chat: OpenChat): ChatOutcome {
  const own = chat.participants.get(by)
  if (own === undefined) return reject({ code: 'not-a-participant' })
  if (chat.chatType === 'direct') return reject({ code: 'direct-chat' })
  if (rank[role] > rank[own]) return reject({ code: 'role-too-low' })
  const { lastSeq } = chat
  return accept(
    ...[...new Set(userIds)]
      .filter((userId) => !chat.participants.has(userId))
      .map((userId) => ({ type: 'ParticipantAdded' as const, userId, role, by, lastSeq })),
  )
}

function removeParticipant({ userId, by }: Command<'RemoveParticipant'>, chat: OpenChat): ChatOutcome {
  if (userId === by) return leaveChat({ type: 'LeaveChat', userId }, chat)
  const own = chat.participants.get(by)
  if (own === undefined) return reject({ code: 'not-a-participant' })
  if (chat.chatType === 'direct') return reject({ code: 'direct-chat' })
  const theirs = chat.participants.get(userId)
  if (theirs === undefined) return own === 'member' ? reject({ code: 'role-too-low' }) : accept()
  if (own !== 'owner' && rank[own] <= rank[theirs]) return reject({ code: 'role-too-low' })
  return accept({ type: 'ParticipantRemoved', userId, by })
}

function sendMessage(command: Command<'SendMessage'>, chat: OpenChat): ChatOutcome {
  const { messageId, senderId, messageType, content, metadata, clientMessageId } = command
  const isIn = chat.participants.has(senderId)
  if (!isIn && command.line === undefined) return reject({ code: 'not-a-participant' })
  const joinsFirst = !isIn && !isPast(command, chat)
  const imported = importOf(command)
  const sent = {
    type: 'MessageSent' as const,
    messageId,
    seq: chat.lastSeq + 1,
    senderId,
    messageType,
    ...imported,
    content,
    metadata,
    clientMessageId,
  }
  if (!joinsFirst) return accept(sent)
  return accept(...joined(senderId, chat, imported), sent)
}

/** Nothing for a message that is not there. Where messages come to be edited and deleted, nothing for those changed since either. */
function addLinkPreviews(command: Command<'AddLinkPreviews'>, chat: OpenChat): ChatOutcome {
  const { messageId, senderId, seq, sentVersion, sentAt, previews } = command
  if (seq > chat.lastSeq || previews.length === 0) return accept()
  return accept({
    type: 'LinkPreviewsAdded',
    messageId,
    senderId,
    sentVersion,
    sentAt,
    previews: [...previews],
  })
}

function evolve(chat: Chat, event: Folded<ChatEvent>): Chat {
  const next = event.type === 'ChatCreated' ? created(event) : change(chat, event)
  return 'line' in event ? { ...next, lastLine: Math.max(next.lastLine, event.line) } : next
}

function created(event: Folded<ChatCreated>): OpenChat {
  const { chatType, participants, historyVisibility, joinPolicy, imported } = event
  const roles = orderedMap(participants.map(({ userId, role }) => [userId, role] as const))
  const open = { status: 'open', chatType, participants: roles, historyVisibility, joinPolicy, imported } as const
  return { ...open, lastSeq: 0, lastLine: 0 }
}

function change(chat: Chat, event: Exclude<Folded<ChatEvent>, { type: 'ChatCreated' }>): OpenChat {
  if (chat.status === 'absent') throw new Error(`a chat cannot begin with ${event.type}`)
  switch (event.type) {
    case 'ParticipantJoined':
      return withRole(chat, event.userId, 'member')
    case 'ParticipantAdded':
    case 'ParticipantRoleChanged':
      return withRole(chat, event.userId, event.role)
    case 'ParticipantLeft':
    case 'ParticipantRemoved':
      return without(chat, event.userId)
    case 'MessageSent':
      return { ...chat, lastSeq: event.seq }
    case 'LinkPreviewsAdded':
      return chat
    default:
      return assertNever(event)
  }
}

const withRole = (chat: OpenChat, userId: string, role: Role): OpenChat => ({
  ...chat,
  participants: chat.participants.with(userId, role),
})

const without = (chat: OpenChat, userId: string): OpenChat => ({
  ...chat,
  participants: chat.participants.without(userId),
})
