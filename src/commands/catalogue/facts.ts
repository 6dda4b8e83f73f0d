import type { BotOwners } from '../../domain/chat/commands.js'
import type { MessageFact } from '../../domain/chat/message-fact.js'
import type { OpenChat } from '../../domain/chat/state.js'
import { chatStream, userStream } from '../../domain/streams.js'
import type { CatalogueHandler } from './stream-kinds.js'

export type StateOf = CatalogueHandler['stateOf']

/** What is known now of a message of a chat, and what `userId` did to it. */
export type MessageFactOf = (chatId: string, messageId: string, userId: string) => Promise<MessageFact>

/** The content that the event at a version of a chat gave a message; null where it is erased, or where there is no such event. */
export type ContentAt = (chatId: string, version: number) => Promise<string | null>

/** Someone named in a command who is not there; `index` is their place in the list that named them. */
export interface UnknownUser {
  code: 'user-not-found'
  userId: string
  index: number
}

/** The other member of a direct chat has blocked the sender. The refusal does not say so. */
export interface CannotSend {
  code: 'cannot-send'
}

export async function everyoneExists<Input>(
  input: Input,
  userIds: readonly string[],
  stateOf: StateOf,
): Promise<{ input: Input } | { refusal: UnknownUser }> {
  const users = await Promise.all(
    userIds.map((userId) => stateOf(userStream(userId), ({ status }) => status === 'active')),
  )
  const index = users.findIndex(({ status }) => status !== 'active')
  return index === -1 ? { input } : { refusal: { code: 'user-not-found', userId: userIds[index] ?? '', index } }
}

/** The same for users named in a command on a chat: whether the actor takes part is checked first. */
export async function everyoneExistsInside<Input extends { chatId: string }>(
  input: Input,
  userIds: readonly string[],
  actor: string,
  stateOf: StateOf,
): Promise<{ input: Input } | { refusal: UnknownUser | { code: 'not-a-participant' } }> {
  if ((await chatOf(input.chatId, actor, stateOf)) === null) return { refusal: { code: 'not-a-participant' } }
  return everyoneExists(input, userIds, stateOf)
}

/** Whether any of them has blocked the user, as far as this node has followed the log. */
export async function isBlockedByAny(
  userIds: readonly string[],
  blockedId: string,
  stateOf: StateOf,
): Promise<boolean> {
  const users = await Promise.all(
    userIds.map((userId) => stateOf(userStream(userId), ({ status }) => status === 'active')),
  )
  return users.some((user) => user.status === 'active' && user.blocked.has(blockedId))
}

/** The chat, from a state that has reached `seq`; null where the user takes no part in it. */
export async function chatOf(chatId: string, userId: string, stateOf: StateOf, seq = 0): Promise<OpenChat | null> {
  const chat = await stateOf(
    chatStream(chatId),
    (known) => known.status === 'open' && known.participants.has(userId) && known.lastSeq >= seq,
  )
  return chat.status === 'open' && chat.participants.has(userId) ? chat : null
}

/** The input with the owners of those who are bots, for the chat to judge whether they take part. */
export async function withOwners<Input>(
  input: Input,
  userIds: readonly string[],
  stateOf: StateOf,
): Promise<Input & { owners: BotOwners }> {
  const owners: Record<string, string> = {}
  await Promise.all(
    userIds.map(async (userId) => {
      const user = await stateOf(userStream(userId), ({ status }) => status === 'active')
      if (user.status === 'active' && user.ownerId !== null) owners[userId] = user.ownerId
    }),
  )
  return { ...input, owners }
}
