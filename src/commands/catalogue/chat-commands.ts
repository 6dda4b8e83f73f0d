import type { BotOwners, ChatRejection } from '../../domain/chat/commands.js'
import type { ChatType, HistoryVisibility, Imported, JoinPolicy, Role } from '../../domain/chat/events.js'
import { chatStream } from '../../domain/streams.js'
import { directChatId, newChatId } from '../command-id.js'
import { onChat, onNewChat, type InChat } from './command-row.js'
import { adminsOf, refuseAdding, type CannotBeAdded } from './addable.js'
import { chatOf, everyoneExists, everyoneExistsInside, withOwners, type UnknownUser } from './facts.js'

export interface CreateChatInput {
  /** Given by an import, whose chats have ids of their own; derived otherwise. */
  chatId?: string
  chatType: ChatType
  /** The others, without the creator and without duplicates; in a direct chat one, or none for the chat with oneself. */
  participantIds: readonly string[]
  name: string | null
  historyVisibility: HistoryVisibility
  joinPolicy: JoinPolicy
  imported: boolean
  originalAt?: string
  /** Found out when it is prepared. */
  owners?: BotOwners
}

interface CreateInviteInput extends InChat {
  /** Null: it never ends. */
  expiresInSeconds: number | null
  /** Null: as often as one likes. */
  maxUses: number | null
  /** Both found out when it is prepared. */
  now?: string
  invite?: string
}

const newChatStream = (
  { chatType, participantIds: [other], chatId }: CreateChatInput,
  commandId: string,
  actor: string,
) => chatStream(chatId ?? (chatType === 'direct' ? directChatId(actor, other ?? actor) : newChatId(commandId)))

/** Who takes part in chats, and how chats are set. */
export const chatCommands = {
  createChat: onNewChat<CreateChatInput, UnknownUser | CannotBeAdded>({
    operation: () => 'POST /chats',
    stream: newChatStream,
    command: ({ chatId: _, ...input }, _commandId, by) => ({ type: 'CreateChat', by, ...input }),
    async prepare(input, actor, facts) {
      const { stateOf } = facts
      const known = await everyoneExists(
        await withOwners(input, input.participantIds, stateOf),
        input.participantIds,
        stateOf,
      )
      if ('refusal' in known || input.imported) return known
      const others = input.participantIds.filter((userId) => userId !== actor)
      const refusal = await refuseAdding(others, actor, [actor], facts)
      if (refusal === null) return known
      // Opening a direct chat that exists adds nobody.
      const isThere =
        input.chatType === 'direct' &&
        (await stateOf(newChatStream(input, '', actor), ({ status }) => status === 'open')).status === 'open'
      return isThere ? known : { refusal }
    },
  }),

  joinChat: onChat<InChat & Imported>({
    operation: ({ chatId }) => `POST /chats/${chatId}/join`,
    command: ({ chatId: _, ...imported }, _commandId, userId) => ({ type: 'JoinChat', userId, ...imported }),
  }),

  /** `now` is found out when it is prepared: a repeat comes later, and is the same. */
  joinByInvite: onChat<InChat & { invite: string; now?: string }>({
    operation: ({ chatId, invite }) => `POST /invites/${chatId} ${invite}/join`,
    command: ({ invite, now = '' }, _, userId) => ({ type: 'JoinByInvite', userId, invite, now }),
    prepare: (input, _, { now }) => Promise.resolve({ input: { ...input, now } }),
  }),

  leaveChat: onChat<InChat & Imported>({
    operation: ({ chatId }) => `POST /chats/${chatId}/leave`,
    command: ({ chatId: _, ...imported }, _commandId, userId) => ({ type: 'LeaveChat', userId, ...imported }),
  }),

  addParticipants: onChat<
    InChat & { userIds: readonly string[]; role: Role; owners?: BotOwners },
    UnknownUser | CannotBeAdded | ChatRejection
  >({
    operation: ({ chatId }) => `POST /chats/${chatId}/participants`,
    command: ({ chatId: _, ...input }, _commandId, by) => ({ type: 'AddParticipants', by, ...input }),
    async prepare(input, actor, facts) {
      const { stateOf } = facts
      const { userIds } = input
      const known = await everyoneExistsInside(await withOwners(input, userIds, stateOf), userIds, actor, stateOf)
      if ('refusal' in known) return known
      const chat = await chatOf(input.chatId, actor, stateOf)
      if (chat === null) return { refusal: { code: 'not-a-participant' } }
      // Who takes part already is not asked: adding them again changes nothing, and must not reveal a block.
      const added = userIds.filter((userId) => !chat.participants.has(userId))
      const refusal = await refuseAdding(added, actor, [actor, ...adminsOf(chat)], facts)
      return refusal === null ? known : { refusal }
    },
  }),

  removeParticipant: onChat<InChat & { userId: string }>({
    operation: ({ chatId, userId }) => `DELETE /chats/${chatId}/participants/${userId}`,
    command: ({ userId }, _, by) => ({ type: 'RemoveParticipant', userId, by }),
  }),

  changeParticipantRole: onChat<InChat & { userId: string; role: Role }>({
    operation: ({ chatId, userId }) => `PATCH /chats/${chatId}/participants/${userId}`,
    command: ({ userId, role }, _, by) => ({ type: 'ChangeParticipantRole', userId, role, by }),
  }),

  /** The reason is given by a command of its own; here it only distinguishes a repeat from another body. */
  banParticipant: onChat<InChat & { userId: string; reason: string | null }, UnknownUser | ChatRejection>({
    operation: ({ chatId, userId }) => `PUT /chats/${chatId}/bans/${userId}`,
    command: ({ userId }, _, by) => ({ type: 'BanParticipant', userId, by }),
    prepare: (input, actor, { stateOf }) => everyoneExistsInside(input, [input.userId], actor, stateOf),
  }),

  unbanParticipant: onChat<InChat & { userId: string }, UnknownUser | ChatRejection>({
    operation: ({ chatId, userId }) => `DELETE /chats/${chatId}/bans/${userId}`,
    command: ({ userId }, _, by) => ({ type: 'UnbanParticipant', userId, by }),
    prepare: (input, actor, { stateOf }) => everyoneExistsInside(input, [input.userId], actor, stateOf),
  }),

  changeChat: onChat<
    InChat & { change: { name?: string | null; historyVisibility?: HistoryVisibility; joinPolicy?: JoinPolicy } }
  >({
    operation: ({ chatId }) => `PATCH /chats/${chatId}`,
    command: ({ change }, _, by) => ({ type: 'ChangeChat', by, change }),
  }),

  archiveChat: onChat<InChat>({
    operation: ({ chatId }) => `POST /chats/${chatId}/archive`,
    command: (_input, _commandId, by) => ({ type: 'ArchiveChat', by }),
  }),

  unarchiveChat: onChat<InChat>({
    operation: ({ chatId }) => `POST /chats/${chatId}/unarchive`,
    command: (_input, _commandId, by) => ({ type: 'UnarchiveChat', by }),
  }),

  createInvite: onChat<CreateInviteInput>({
    operation: ({ chatId }) => `POST /chats/${chatId}/invites`,
    command: ({ expiresInSeconds, maxUses, now = '', invite = '' }, _, by) => {
      const expiresAt = expiresInSeconds === null || now === '' ? null : secondsAfter(now, expiresInSeconds)
      return { type: 'CreateInvite', invite, by, now, expiresAt, maxUses }
    },
    prepare: (input, _, { now, newInvite }) => Promise.resolve({ input: { ...input, now, invite: newInvite() } }),
  }),

  revokeInvite: onChat<InChat & { invite: string }>({
    operation: ({ chatId, invite }) => `DELETE /chats/${chatId}/invites/${invite}`,
    command: ({ invite }, _, by) => ({ type: 'RevokeInvite', by, invite }),
  }),
}

const secondsAfter = (time: string, seconds: number): string =>
  new Date(Date.parse(time) + seconds * 1_000).toISOString()
