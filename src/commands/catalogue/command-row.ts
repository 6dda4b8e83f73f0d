import type { ChatCommand, ChatRejection } from '../../domain/chat/commands.js'
import type { ChatEvent } from '../../domain/chat/events.js'
import type { Chat } from '../../domain/chat/state.js'
import type { EventShape } from '../../domain/event.js'
import type { InboxEvent } from '../../domain/inbox/events.js'
import type { Inbox, InboxCommand } from '../../domain/inbox/inbox.js'
import type { ModerationEvent } from '../../domain/moderation/events.js'
import type { Moderation, ModerationCommand, ModerationRejection } from '../../domain/moderation/moderation.js'
import type { RolesEvent } from '../../domain/roles/events.js'
import type { Roles, RolesCommand, RolesRejection } from '../../domain/roles/roles.js'
import { chatStream, inboxStream, moderationStream, rolesStream } from '../../domain/streams.js'
import type { UserEvent } from '../../domain/user/events.js'
import type { User, UserCommand, UserRejection } from '../../domain/user/user.js'
import { everyoneExists, type FactOf, type MessageFactOf, type UnknownUser } from './facts.js'
import { chatKind, inboxKind, moderationKind, rolesKind, userKind, type StreamKind } from '../pipeline/stream-kind.js'

export interface Facts {
  factOf: FactOf
  messageFact: MessageFactOf
  /** When the command came; no part of its input, which is the same in a repeat. */
  now: string
  /** What the log keeps of the code of the invite that this very command makes. */
  newInvite: () => string
}

export type Prepared<Input, Refusal> = Promise<{ input: Input } | { refusal: Refusal }>

/** One command as the edges know it. */
export interface CommandRow<Input, Command, State, Event extends EventShape, Rejection, Refusal = never> {
  kind: StreamKind<Command, State, Event, Rejection>
  /** The operation with its path: a client's key is one per person and operation. */
  operation(input: Input): string
  /** The one stream it appends to, known before it is decided. */
  stream(input: Input, commandId: string, actor: string): string
  command(input: Input, commandId: string, actor: string): Command
  /** Judges by facts of other streams: a refusal, or the input as it shall be decided. */
  prepare?(input: Input, actor: string, facts: Facts): Prepared<Input, Refusal>
}

type Rest<Row> = Omit<Row, 'kind'>
type Unplaced<Row> = Omit<Row, 'kind' | 'stream'>

export interface InChat {
  chatId: string
}

export const onUser = <Input, Refusal = never>(
  rest: Rest<CommandRow<Input, UserCommand, User, UserEvent, UserRejection, Refusal>>,
): CommandRow<Input, UserCommand, User, UserEvent, UserRejection, Refusal> => ({ kind: userKind, ...rest })

/** A command on a chat that makes one. */
export const onNewChat = <Input, Refusal = never>(
  rest: Rest<CommandRow<Input, ChatCommand, Chat, ChatEvent, ChatRejection, Refusal>>,
): CommandRow<Input, ChatCommand, Chat, ChatEvent, ChatRejection, Refusal> => ({ kind: chatKind, ...rest })

export const onChat = <Input extends InChat, Refusal = never>(
  rest: Unplaced<CommandRow<Input, ChatCommand, Chat, ChatEvent, ChatRejection, Refusal>>,
): CommandRow<Input, ChatCommand, Chat, ChatEvent, ChatRejection, Refusal> => ({
  kind: chatKind,
  stream: ({ chatId }) => chatStream(chatId),
  ...rest,
})

export const onInbox = <Input, Refusal>(
  rest: Unplaced<CommandRow<Input, InboxCommand, Inbox, InboxEvent, never, Refusal>>,
): CommandRow<Input, InboxCommand, Inbox, InboxEvent, never, Refusal> => ({
  kind: inboxKind,
  stream: (_input, _commandId, actor) => inboxStream(actor),
  ...rest,
})

export const onModeration = <Input extends InChat, Refusal>(
  rest: Unplaced<CommandRow<Input, ModerationCommand, Moderation, ModerationEvent, ModerationRejection, Refusal>>,
): CommandRow<Input, ModerationCommand, Moderation, ModerationEvent, ModerationRejection, Refusal> => ({
  kind: moderationKind,
  stream: ({ chatId }) => moderationStream(chatId),
  ...rest,
})

/** That the person exists is asked first, unless the row asks more. */
export const onRoles = <Input extends { userId: string }, Refusal = never>(
  rest: Unplaced<CommandRow<Input, RolesCommand, Roles, RolesEvent, RolesRejection, UnknownUser | Refusal>>,
): CommandRow<Input, RolesCommand, Roles, RolesEvent, RolesRejection, UnknownUser | Refusal> => ({
  kind: rolesKind,
  stream: () => rolesStream,
  prepare: (input, _, { factOf }) => everyoneExists(input, [input.userId], factOf),
  ...rest,
})
