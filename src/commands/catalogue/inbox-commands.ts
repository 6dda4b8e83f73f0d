import type { ChatRejection } from '../../domain/chat/commands.js'
import type { OpenChat } from '../../domain/chat/state.js'
import { onInbox, type InChat } from './command-row.js'
import { chatOf, type StateOf } from './facts.js'

const outsider = { refusal: { code: 'not-a-participant' } } as const

/** A user's own settings of their chats. */
export const inboxCommands = {
  markRead: onInbox<InChat & { seq: number; unread: boolean }, ChatRejection>({
    operation: ({ chatId }) => `PUT /chats/${chatId}/read`,
    command: ({ chatId, seq, unread }, _, userId) => ({ type: 'MarkRead', userId, chatId, seq, unread }),
    async prepare(input, actor, { stateOf }) {
      const chat = await chatOf(input.chatId, actor, stateOf, input.seq)
      if (chat === null) return outsider
      const { seq, unread } = input
      return { input: { ...input, seq: Math.min(seq, chat.lastSeq), unread: unread && !isWithOneself(chat) } }
    },
  }),

  muteChat: onInbox<InChat & { muted: boolean }, ChatRejection>({
    operation: ({ chatId }) => `PUT /chats/${chatId}/mute`,
    command: ({ chatId, muted }, _, userId) => ({ type: 'MuteChat', userId, chatId, muted }),
    prepare: (input, actor, { stateOf }) => whereTakingPart(input, actor, stateOf),
  }),

  hideChat: onInbox<InChat & { hidden: boolean; lastSeq?: number }, ChatRejection>({
    operation: ({ chatId }) => `PUT /chats/${chatId}/hide`,
    command: ({ chatId, hidden, lastSeq = 0 }, _, userId) => ({ type: 'HideChat', userId, chatId, hidden, lastSeq }),
    async prepare(input, actor, { stateOf }) {
      const chat = await chatOf(input.chatId, actor, stateOf, Infinity)
      return chat === null ? outsider : { input: { ...input, lastSeq: chat.lastSeq } }
    },
  }),
}

async function whereTakingPart<Input extends InChat>(input: Input, actor: string, stateOf: StateOf) {
  return (await chatOf(input.chatId, actor, stateOf)) === null ? outsider : { input }
}

/** A direct chat with oneself has nothing to read: it is never unread. */
const isWithOneself = ({ chatType, participants }: OpenChat): boolean =>
  chatType === 'direct' && participants.size === 1
