import type { Chat, ChatCommand, ChatRejection } from '../domain/chat/chat.js'
import type {
  ChatEvent,
  ChatType,
  HistoryVisibility,
  Imported,
  JoinPolicy,
  LinkPreview,
  Role,
} from '../domain/chat/events.js'
import type { EventShape, JsonObject } from '../domain/event.js'
import type { InboxEvent } from '../domain/inbox/events.js'
import type { Inbox, InboxCommand } from '../domain/inbox/inbox.js'
import type { RolesEvent } from '../domain/roles/events.js'
import type { Roles, RolesChange, RolesCommand, RolesRejection } from '../domain/roles/roles.js'
import { chatStream, inboxStream, rolesStream, userStream } from '../domain/streams.js'
import type { RevocationReason, UserEvent } from '../domain/user/events.js'
import type { ProfileChange, User, UserCommand, UserRejection } from '../domain/user/user.js'
import { directChatId, newChatId, newMessageId } from './command-id.js'
import type { CommandHandler } from './handle-command.js'
import { chatKind, inboxKind, rolesKind, userKind, type StreamKind } from './stream-kind.js'

/** Someone named in a command who is not there; `index` is their place in the list that named them. */
export interface UnknownUser {
  code: 'user-not-found'
  userId: string
  index: number
}

type FactOf = CommandHandler['factOf']

type Prepared<Input, Refusal> = Promise<{ input: Input } | { refusal: Refusal }>

/** One command as the edges know it. */
export interface CommandRow<Input, Command, State, Event extends EventShape, Rejection, Refusal = never> {
  kind: StreamKind<Command, State, Event, Rejection>
  /** The operation with its path: a client's key is one per person and operation. */
  operation(input: Input): string
  /** The one stream it appends to, known before it is decided. */
  stream(input: Input, commandId: string, actor: string): string
  command(input: Input, commandId: string, actor: string): Command
  /** Judges by facts of other streams: a refusal, or the input as it shall be decided. */
  prepare?(input: Input, actor: string, factOf: FactOf): Prepared<Input, Refusal>
}

type Rest<Row> = Omit<Row, 'kind'>

const onUser = <Input>(rest: Rest<CommandRow<Input, UserCommand, User, UserEvent, UserRejection>>) => ({
  kind: userKind,
  ...rest,
})

const onChat = <Input, Refusal = never>(
  rest: Rest<CommandRow<Input, ChatCommand, Chat, ChatEvent, ChatRejection, Refusal>>,
): CommandRow<Input, ChatCommand, Chat, ChatEvent, ChatRejection, Refusal> => ({ kind: chatKind, ...rest })

const onInbox = <Input, Refusal>(
  rest: Rest<CommandRow<Input, InboxCommand, Inbox, InboxEvent, never, Refusal>>,
): CommandRow<Input, InboxCommand, Inbox, InboxEvent, never, Refusal> => ({ kind: inboxKind, ...rest })

const onRoles = <Input extends { userId: string }>(
  rest: Omit<
    Rest<CommandRow<Input, RolesCommand, Roles, RolesEvent, RolesRejection, UnknownUser>>,
    'stream' | 'prepare'
  >,
): CommandRow<Input, RolesCommand, Roles, RolesEvent, RolesRejection, UnknownUser> => ({
  kind: rolesKind,
  stream: () => rolesStream,
  prepare: (input, _, factOf) => everyoneExists(input, [input.userId], factOf),
  ...rest,
})

/** The write side as one table. */
export const commandList = {
  registerUser: onUser<{ name: string; imported: boolean; originalAt?: string }>({
    operation: () => 'register',
    stream: (_input, _commandId, actor) => userStream(actor),
    command: (input, _, userId) => ({ type: 'RegisterUser', userId, ...input }),
  }),

  changeProfile: onUser<{ change: ProfileChange; originalAt?: string }>({
    operation: () => 'PATCH /users/me',
    stream: (_input, _commandId, actor) => userStream(actor),
    command: (input, _, userId) => ({ type: 'ChangeProfile', userId, ...input }),
  }),

  openSession: onUser<{ userId: string; sessionId: string }>({
    operation: () => 'open session',
    stream: ({ userId }) => userStream(userId),
    command: (input) => ({ type: 'OpenSession', ...input }),
  }),

  revokeSession: onUser<{ userId: string; sessionId: string; reason: RevocationReason }>({
    operation: () => 'revoke session',
    stream: ({ userId }) => userStream(userId),
    command: (input) => ({ type: 'RevokeSession', ...input }),
  }),

  changePassword: onUser<{ userId: string }>({
    operation: () => 'change password',
    stream: ({ userId }) => userStream(userId),
    command: (input) => ({ type: 'ChangePassword', ...input }),
  }),

  changeRoles: onRoles<{ userId: string; change: RolesChange }>({
    operation: ({ userId }) => `PUT /users/${userId}/roles`,
    command: (input, _, by) => ({ type: 'ChangeRoles', ...input, by }),
  }),

  deactivateUser: onRoles<{ userId: string }>({
    operation: ({ userId }) => `POST /users/${userId}/deactivate`,
    command: (input, _, by) => ({ type: 'DeactivateUser', ...input, by }),
  }),

  reactivateUser: onRoles<{ userId: string }>({
    operation: ({ userId }) => `POST /users/${userId}/reactivate`,
    command: (input, _, by) => ({ type: 'ReactivateUser', ...input, by }),
  }),

  createChat: onChat<CreateChatInput, UnknownUser>({
    operation: () => 'POST /chats',
    stream: ({ chatType, participantIds: [other = ''], chatId }, commandId, actor) =>
      chatStream(chatId ?? (chatType === 'direct' ? directChatId(actor, other) : newChatId(commandId))),
    command: ({ chatId: _, ...input }, _commandId, by) => ({ type: 'CreateChat', by, ...input }),
    prepare: (input, _, factOf) => everyoneExists(input, input.participantIds, factOf),
  }),

  joinChat: onChat<InChat & Imported>({
    operation: ({ chatId }) => `POST /chats/${chatId}/join`,
    stream: ({ chatId }) => chatStream(chatId),
    command: ({ chatId: _, ...imported }, _commandId, userId) => ({ type: 'JoinChat', userId, ...imported }),
  }),

  leaveChat: onChat<InChat & Imported>({
    operation: ({ chatId }) => `POST /chats/${chatId}/leave`,
    stream: ({ chatId }) => chatStream(chatId),
    command: ({ chatId: _, ...imported }, _commandId, userId) => ({ type: 'LeaveChat', userId, ...imported }),
  }),

  addParticipants: onChat<InChat & { userIds: readonly string[]; role: Role }, UnknownUser | ChatRejection>({
    operation: ({ chatId }) => `POST /chats/${chatId}/participants`,
    stream: ({ chatId }) => chatStream(chatId),
    command: ({ userIds, role }, _, by) => ({ type: 'AddParticipants', userIds, role, by }),
    async prepare(input, actor, factOf) {
      const known = await everyoneExists(input, input.userIds, factOf)
      if ('input' in known || (await takesPart(input.chatId, actor, factOf)) !== null) return known
      return { refusal: { code: 'not-a-participant' } }
    },
  }),

  removeParticipant: onChat<InChat & { userId: string }>({
    operation: ({ chatId, userId }) => `DELETE /chats/${chatId}/participants/${userId}`,
    stream: ({ chatId }) => chatStream(chatId),
    command: ({ userId }, _, by) => ({ type: 'RemoveParticipant', userId, by }),
  }),

  sendMessage: onChat<SendMessageInput>({
    operation: ({ chatId }) => `POST /chats/${chatId}/messages`,
    stream: ({ chatId }) => chatStream(chatId),
    command: ({ chatId: _, ...message }, commandId, senderId) => ({
      type: 'SendMessage',
      messageId: newMessageId(commandId),
      senderId,
      ...message,
    }),
  }),

  addLinkPreviews: onChat<AddLinkPreviewsInput>({
    operation: ({ chatId, messageId }) => `add previews to ${chatId} ${messageId}`,
    stream: ({ chatId }) => chatStream(chatId),
    command: ({ chatId: _, ...added }) => ({ type: 'AddLinkPreviews', ...added }),
  }),

  markRead: onInbox<InChat & { seq: number }, ChatRejection>({
    operation: ({ chatId }) => `PUT /chats/${chatId}/read`,
    stream: (_input, _commandId, actor) => inboxStream(actor),
    command: ({ chatId, seq }, _, userId) => ({ type: 'MarkRead', userId, chatId, seq }),
    async prepare(input, actor, factOf) {
      const lastSeq = await takesPart(input.chatId, actor, factOf, input.seq)
      if (lastSeq === null) return { refusal: { code: 'not-a-participant' } }
      return { input: { ...input, seq: Math.min(input.seq, lastSeq) } }
    },
  }),
}

interface InChat {
  chatId: string
}

export type CommandList = typeof commandList

export interface CreateChatInput {
  /** Given by an import, whose chats have ids of their own; derived otherwise. */
  chatId?: string
  chatType: ChatType
  /** The others, without the creator and without duplicates; exactly one for a direct chat. */
  participantIds: readonly string[]
  name: string | null
  historyVisibility: HistoryVisibility
  joinPolicy: JoinPolicy
  imported: boolean
  originalAt?: string
}

export interface SendMessageInput extends Imported {
  chatId: string
  messageType: string
  content: string
  metadata: JsonObject | null
  clientMessageId: string | null
}

export interface AddLinkPreviewsInput {
  chatId: string
  messageId: string
  senderId: string
  seq: number
  sentVersion: number
  sentAt: string
  previews: readonly LinkPreview[]
}

async function everyoneExists<Input>(
  input: Input,
  userIds: readonly string[],
  factOf: FactOf,
): Prepared<Input, UnknownUser> {
  const users = await Promise.all(
    userIds.map((userId) => factOf(userStream(userId), userKind, ({ status }) => status === 'active')),
  )
  const index = users.findIndex(({ status }) => status !== 'active')
  return index === -1 ? { input } : { refusal: { code: 'user-not-found', userId: userIds[index] ?? '', index } }
}

/** The chat's last seq where the person takes part in it, from a state that has reached `seq`; null for an outsider. */
async function takesPart(chatId: string, userId: string, factOf: FactOf, seq = 0): Promise<number | null> {
  const chat = await factOf(
    chatStream(chatId),
    chatKind,
    (known) => known.status === 'open' && known.participants.has(userId) && known.lastSeq >= seq,
  )
  return chat.status === 'open' && chat.participants.has(userId) ? chat.lastSeq : null
}
