import { accepting, assertNever, reject } from '../decider.js'
import type { Decided } from '../event.js'
import type { ChatOutcome, MembershipCommand } from './commands.js'
import type { ChatEvent, Imported, Role } from './events.js'
import { importOf, isPast } from './imported.js'
import { hasEnded, roleOf, type Chat, type OpenChat } from './state.js'

type Command<Type extends MembershipCommand['type']> = Extract<MembershipCommand, { type: Type }>

const rank: Record<Role, number> = { member: 0, admin: 1, owner: 2 }

const accept = accepting<ChatEvent>()

/** Who takes part in a chat, and as what. */
export function decideMembership(command: MembershipCommand, chat: Chat): ChatOutcome {
  if (command.type === 'CreateChat') return createChat(command, chat)
  if (chat.status === 'absent')
    return reject({ code: command.type === 'JoinByInvite' ? 'invite-not-found' : 'not-a-participant' })
  switch (command.type) {
    case 'JoinChat':
      return joinChat(command, chat)
    case 'JoinByInvite':
      return joinByInvite(command, chat)
    case 'LeaveChat':
      return leaveChat(command, chat)
    case 'AddParticipants':
      return addParticipants(command, chat)
    case 'RemoveParticipant':
      return removeParticipant(command, chat)
    case 'ChangeParticipantRole':
      return changeRole(command, chat)
    case 'BanParticipant':
      return ban(command, chat)
    case 'UnbanParticipant':
      return unban(command, chat)
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
  const { userId } = command
  const isImport = command.line !== undefined
  if (chat.participants.has(userId) || isPast(command, chat)) return accept()
  if (chat.chatType === 'direct') return reject({ code: 'not-a-participant' })
  if (isImport && chat.banned.has(userId)) return reject({ code: 'banned' })
  if (!isImport && (chat.joinPolicy !== 'open' || chat.archived || chat.banned.has(userId)))
    return reject({ code: 'not-a-participant' })
  return accept(...joined(userId, chat, importOf(command)))
}

/** Whoever is banned learns no more of the code than one who made it up. */
function joinByInvite({ userId, invite, now }: Command<'JoinByInvite'>, chat: OpenChat): ChatOutcome {
  if (chat.participants.has(userId)) return accept()
  const known = chat.invites.get(invite)
  if (known === undefined || hasEnded(known, now) || chat.archived || chat.banned.has(userId))
    return reject({ code: 'invite-not-found' })
  return accept(...joined(userId, chat, { invite }))
}

/** Who joins a chat that everyone has left owns it: a chat with participants always has an owner. */
export function joined(
  userId: string,
  { participants, lastSeq }: OpenChat,
  how: Imported & { invite?: string },
): Decided<ChatEvent>[] {
  const joining = { type: 'ParticipantJoined', userId, lastSeq, ...how } as const
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
  if (participants.get(leaver)?.role !== 'owner') return null
  const others = [...participants].filter(([userId]) => userId !== leaver)
  if (others.some(([, { role }]) => role === 'owner')) return null
  const heir = others.find(([, { role }]) => role === 'admin') ?? others[0]
  return heir?.[0] ?? null
}

function addParticipants({ userIds, role, by }: Command<'AddParticipants'>, chat: OpenChat): ChatOutcome {
  const own = roleOf(chat, by)
  if (own === undefined) return reject({ code: 'not-a-participant' })
  if (chat.chatType === 'direct') return reject({ code: 'direct-chat' })
  if (rank[role] > rank[own]) return reject({ code: 'role-too-low' })
  const coming = [...new Set(userIds)].filter((userId) => !chat.participants.has(userId))
  if (coming.some((userId) => chat.banned.has(userId))) return reject({ code: 'banned' })
  if (coming.length > 0 && chat.archived) return reject({ code: 'chat-archived' })
  const { lastSeq } = chat
  return accept(...coming.map((userId) => ({ type: 'ParticipantAdded' as const, userId, role, by, lastSeq })))
}

function removeParticipant({ userId, by }: Command<'RemoveParticipant'>, chat: OpenChat): ChatOutcome {
  if (userId === by) return leaveChat({ type: 'LeaveChat', userId }, chat)
  const refused = refuseOver(userId, by, chat)
  if (refused !== null) return refused
  return chat.participants.has(userId) ? accept({ type: 'ParticipantRemoved', userId, by }) : accept()
}

/** Nobody gives a role above their own, nor changes one that is not below it; owners change any, and everyone may step down. */
function changeRole({ userId, role, by }: Command<'ChangeParticipantRole'>, chat: OpenChat): ChatOutcome {
  const own = roleOf(chat, by)
  if (own === undefined) return reject({ code: 'not-a-participant' })
  if (chat.chatType === 'direct') return reject({ code: 'direct-chat' })
  const theirs = roleOf(chat, userId)
  if (theirs === undefined) return reject({ code: own === 'member' ? 'role-too-low' : 'participant-not-found' })
  if (own === 'member' && userId !== by) return reject({ code: 'role-too-low' })
  if (theirs === role) return accept()
  const lowersOneself = userId === by && rank[role] < rank[own]
  const reaches = own === 'owner' || lowersOneself || (rank[own] > rank[theirs] && rank[role] <= rank[own])
  if (!reaches) return reject({ code: 'role-too-low' })
  if (theirs === 'owner' && !hasOtherOwner(userId, chat)) return reject({ code: 'last-owner' })
  return accept({ type: 'ParticipantRoleChanged', userId, role, by })
}

const hasOtherOwner = (userId: string, { participants }: OpenChat): boolean =>
  [...participants].some(([other, { role }]) => other !== userId && role === 'owner')

/** Also of someone who does not take part: so they cannot come. */
function ban({ userId, by }: Command<'BanParticipant'>, chat: OpenChat): ChatOutcome {
  const refused = refuseOver(userId, by, chat)
  if (refused !== null) return refused
  if (userId === by) return reject({ code: 'role-too-low' })
  return chat.banned.has(userId) ? accept() : accept({ type: 'ParticipantBanned', userId, by })
}

function unban({ userId, by }: Command<'UnbanParticipant'>, chat: OpenChat): ChatOutcome {
  const refused = refuseOver(userId, by, chat)
  if (refused !== null) return refused
  return chat.banned.has(userId) ? accept({ type: 'ParticipantUnbanned', userId, by }) : accept()
}

/** Whoever keeps others out must be an owner, or an admin and they a member or nobody here. */
function refuseOver(userId: string, by: string, chat: OpenChat): ChatOutcome | null {
  const own = roleOf(chat, by)
  if (own === undefined) return reject({ code: 'not-a-participant' })
  if (chat.chatType === 'direct') return reject({ code: 'direct-chat' })
  if (own === 'owner') return null
  const theirs = roleOf(chat, userId)
  const isOver = theirs === undefined ? own === 'admin' : rank[own] > rank[theirs]
  return isOver ? null : reject({ code: 'role-too-low' })
}
