import type { ChatRejection } from '../domain/chat/commands.js'
import { roleOf } from '../domain/chat/state.js'
import { onModeration, type InChat } from './command-row.js'
import { chatOf } from './facts.js'

/** What participants of a chat need not know. */
export const moderationCommands = {
  giveBanReason: onModeration<InChat & { userId: string; reason: string }, ChatRejection>({
    operation: ({ chatId, userId }) => `PUT /chats/${chatId}/bans/${userId} reason`,
    command: ({ userId, reason }, _, by) => ({ type: 'GiveBanReason', userId, by, reason }),
    async prepare(input, actor, { factOf }) {
      const chat = await chatOf(input.chatId, actor, factOf)
      if (chat === null) return { refusal: { code: 'not-a-participant' } }
      return roleOf(chat, actor) === 'member' ? { refusal: { code: 'role-too-low' } } : { input }
    },
  }),
}
