import { accepting, assertNever, reject } from '../decider.js'
import type { Decided } from '../event.js'
import type { BotOwners, ChatOutcome, MembershipCommand } from './commands.js'
import type { ChatEvent, Imported, Role } from './events.js'
import { importOf, isPast } from './imported.js'
import { hasEnded, roleOf, type Chat, type OpenChat } from './state.js'

type Command<Type extends MembershipCommand['type']> = Extract<MembershipCommand, { type: Type }>

const rank: Record<Role, number> = { member: 0, admin: 1, owner: 2 }

const accept = accepting<ChatEvent>()

/** Participants of a chat and their roles. */
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
  const { chatType, by, participantIds, name, historyVisibility, joinPolicy, imported, owners = {} } = command
  if (chat.status === 'open') return chat.imported === imported ? accept() : reject({ code: 'not-imported' })
  const others = participantIds.filter((userId) => userId !== by)
  if (!haveOwners(others, owners, (userId) => userId === by || others.includes(userId)))
    return reject({ code: 'bot-owner-absent' })
  return accept({
    type: 'ChatCreated',
    chatType,
    createdBy: by,
    participants: [
      { userId: by, role: 'owner' },
      ...others.map((userId) => ({ userId, role: 'member' as const, ...ownerOf(userId, owners) })),
    ],
    historyVisibility,
    joinPolicy,
    imported,
    ...importOf(command),
    name,
  })
}

const ownerOf = (userId: string, owners: BotOwners) => {
  const ownerId = owners[userId]
  return ownerId === undefined ? {} : { ownerId }
}

/** Whether the owners of those who are bots take part. */
const haveOwners = (userIds: readonly string[], owners: BotOwners, takesPart: (userId: string) => boolean): boolean =>
  userIds.every((userId) => {
    const ownerId = owners[userId]
    return ownerId === undefined || takesPart(ownerId)
  })

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

/** To a banned user, a valid code is answered like an unknown one. */
function joinByInvite({ userId, invite, now }: Command<'JoinByInvite'>, chat: OpenChat): ChatOutcome {
  if (chat.participants.has(userId)) return accept()
  const known = chat.invites.get(invite)
  if (known === undefined || hasEnded(known, now) || chat.archived || chat.banned.has(userId))
    return reject({ code: 'invite-not-found' })
  return accept(...joined(userId, chat, { invite }))
}

/** Whoever joins a chat without participants owns it: a chat with participants always has an owner. */
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
  return accept(...ending(userId, userId, chat), { type: 'ParticipantLeft', userId, ...importOf(command) })
}

/** What is appended before a membership ends: a new owner, where no other stays, and the end of the user's bots. */
function ending(userId: string, by: string, chat: OpenChat): Decided<ChatEvent>[] {
  const bots = [...chat.participants].filter(([, { ownerId }]) => ownerId === userId).map(([botId]) => botId)
  const heir = heirAfter(new Set([userId, ...bots]), chat)
  return [
    ...(heir === null ? [] : [{ type: 'ParticipantRoleChanged' as const, userId: heir, role: 'owner' as const, by }]),
    ...bots.map((botId) => ({ type: 'ParticipantRemoved' as const, userId: botId, by })),
  ]
}

/** Who owns the chat once these have left: the longest-standing admin, else member; null when an owner stays or nobody does. */
function heirAfter(leavers: ReadonlySet<string>, { participants }: OpenChat): string | null {
  const others = [...participants].filter(([userId]) => !leavers.has(userId))
  if (others.some(([, { role }]) => role === 'owner')) return null
  const users = others.filter(([, { ownerId }]) => ownerId === undefined)
  const heir = users.find(([, { role }]) => role === 'admin') ?? users[0]
  return heir?.[0] ?? null
}

function addParticipants(command: Command<'AddParticipants'>, chat: OpenChat): ChatOutcome {
  const { userIds, role, by, owners = {} } = command
  const own = roleOf(chat, by)
  if (own === undefined) return reject({ code: 'not-a-participant' })
  if (chat.chatType === 'direct') return reject({ code: 'direct-chat' })
  if (rank[role] > rank[own]) return reject({ code: 'role-too-low' })
  const coming = [...new Set(userIds)].filter((userId) => !chat.participants.has(userId))
  if (coming.some((userId) => chat.banned.has(userId))) return reject({ code: 'banned' })
  if (coming.length > 0 && chat.archived) return reject({ code: 'chat-archived' })
  if (!haveOwners(coming, owners, (userId) => chat.participants.has(userId) || coming.includes(userId)))
    return reject({ code: 'bot-owner-absent' })
  const added = { type: 'ParticipantAdded', role, by, lastSeq: chat.lastSeq } as const
  return accept(...coming.map((userId) => ({ ...added, userId, ...ownerOf(userId, owners) })))
}

function removeParticipant({ userId, by }: Command<'RemoveParticipant'>, chat: OpenChat): ChatOutcome {
  if (userId === by) return leaveChat({ type: 'LeaveChat', userId }, chat)
  const refused = refuseOver(userId, by, chat)
  if (refused !== null) return refused
  if (!chat.participants.has(userId)) return accept()
  return accept(...ending(userId, by, chat), { type: 'ParticipantRemoved', userId, by })
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

/** Also of a user who does not take part, and then cannot join. */
function ban({ userId, by }: Command<'BanParticipant'>, chat: OpenChat): ChatOutcome {
  const refused = refuseOver(userId, by, chat)
  if (refused !== null) return refused
  if (userId === by) return reject({ code: 'role-too-low' })
  if (chat.banned.has(userId)) return accept()
  const before = chat.participants.has(userId) ? ending(userId, by, chat) : []
  return accept(...before, { type: 'ParticipantBanned', userId, by })
}

function unban({ userId, by }: Command<'UnbanParticipant'>, chat: OpenChat): ChatOutcome {
  const refused = refuseOver(userId, by, chat)
  if (refused !== null) return refused
  return chat.banned.has(userId) ? accept({ type: 'ParticipantUnbanned', userId, by }) : accept()
}

/** To remove, ban or unban a user, one must be an owner, or an admin and the user a member or no participant. */
function refuseOver(userId: string, by: string, chat: OpenChat): ChatOutcome | null {
  const own = roleOf(chat, by)
  if (own === undefined) return reject({ code: 'not-a-participant' })
  if (chat.chatType === 'direct') return reject({ code: 'direct-chat' })
  if (own === 'owner') return null
  const theirs = roleOf(chat, userId)
  const isOver = theirs === undefined ? own === 'admin' : rank[own] > rank[theirs]
  return isOver ? null : reject({ code: 'role-too-low' })
}
