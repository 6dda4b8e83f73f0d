import { chatStream, inboxStream, moderationStream, rolesStream } from '../../domain/streams.js'
import type { CommandOf, EventOf, KindOf, RejectionOf } from '../pipeline/stream-kind.js'
import type { CommandResult } from '../pipeline/command-result.js'
import type { UsersSharingChat } from './addable.js'
import { everyoneExists, type ContentAt, type MessageFactOf, type StateOf, type UnknownUser } from './facts.js'
import type { StreamKinds } from './stream-kinds.js'

export interface Facts {
  stateOf: StateOf
  messageFact: MessageFactOf
  contentAt: ContentAt
  usersSharingChat: UsersSharingChat
  /** When the command came; no part of its input, which is the same in a repeat. */
  now: string
  /** The hash of the code of the invite that this very command creates, as the log stores it. */
  newInvite: () => string
}

export type Prepared<Input, Refusal> = Promise<{ input: Input } | { refusal: Refusal }>

/** One command of the catalogue. The name of its stream says what kind of stream it is on, and with it what it may append. */
export interface CommandRow<Input, Stream extends string, Refusal = never> {
  /** The operation with its path: a client's key is one per user and operation. */
  operation(input: Input): string
  /** The one stream it appends to, known before it is decided. */
  stream(input: Input, commandId: string, actor: string): Stream
  command(input: Input, commandId: string, actor: string): CommandOf<KindOf<StreamKinds, Stream>>
  /** Judges by facts of other streams: a refusal, or the input as it shall be decided. */
  prepare?(input: Input, actor: string, facts: Facts): Prepared<Input, Refusal>
}

/** A row of which nothing is known but that it is one. */
export interface AnyCommandRow {
  operation(input: unknown): string
  stream(input: unknown, commandId: string, actor: string): string
  command(input: unknown, commandId: string, actor: string): unknown
  prepare?(input: unknown, actor: string, facts: Facts): Prepared<unknown, unknown>
}

type TypesOf<Row> =
  Row extends CommandRow<infer Input, infer Stream, infer Refusal>
    ? { input: Input; kind: KindOf<StreamKinds, Stream>; refusal: Refusal }
    : never

export type InputOf<Row> = TypesOf<Row>['input']

export type ResultOf<Row> = CommandResult<
  EventOf<TypesOf<Row>['kind']>,
  RejectionOf<TypesOf<Row>['kind']> | TypesOf<Row>['refusal']
> & {
  stream: string
  commandId: string
}

type ChatStream = ReturnType<typeof chatStream>
type UserStream = `user-${string}`
type InboxStream = ReturnType<typeof inboxStream>
type ModerationStream = ReturnType<typeof moderationStream>

type WithoutStream<Row> = Omit<Row, 'stream'>

export interface InChat {
  chatId: string
}

export const onUser = <Input, Refusal = never>(
  row: CommandRow<Input, UserStream, Refusal>,
): CommandRow<Input, UserStream, Refusal> => row

/** A command that creates a chat. */
export const onNewChat = <Input, Refusal = never>(
  row: CommandRow<Input, ChatStream, Refusal>,
): CommandRow<Input, ChatStream, Refusal> => row

export const onChat = <Input extends InChat, Refusal = never>(
  rest: WithoutStream<CommandRow<Input, ChatStream, Refusal>>,
): CommandRow<Input, ChatStream, Refusal> => ({ stream: ({ chatId }) => chatStream(chatId), ...rest })

export const onInbox = <Input, Refusal>(
  rest: WithoutStream<CommandRow<Input, InboxStream, Refusal>>,
): CommandRow<Input, InboxStream, Refusal> => ({
  stream: (_input, _commandId, actor) => inboxStream(actor),
  ...rest,
})

export const onModeration = <Input extends InChat, Refusal>(
  rest: WithoutStream<CommandRow<Input, ModerationStream, Refusal>>,
): CommandRow<Input, ModerationStream, Refusal> => ({ stream: ({ chatId }) => moderationStream(chatId), ...rest })

/** Checks first that the user exists, unless the row checks more. */
export const onRoles = <Input extends { userId: string }, Refusal = never>(
  rest: WithoutStream<CommandRow<Input, typeof rolesStream, UnknownUser | Refusal>>,
): CommandRow<Input, typeof rolesStream, UnknownUser | Refusal> => ({
  stream: () => rolesStream,
  prepare: (input, _, { stateOf }) => everyoneExists(input, [input.userId], stateOf),
  ...rest,
})
