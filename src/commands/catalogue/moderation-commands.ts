import type { ChatRejection } from '../../domain/chat/commands.js'
import { roleOf } from '../../domain/chat/state.js'
import type { MessageFact } from '../../domain/chat/message-fact.js'
import type { Chat } from '../../domain/chat/state.js'
import { chatStream } from '../../domain/streams.js'
import { newReportId } from '../command-id.js'
import { onModeration, type Facts, type InChat, type Prepared } from './command-row.js'
import { chatOf } from './facts.js'

/** Facts of the chat's stream, for decisions on the moderation stream. */
interface ReportedMessage {
  chat: Chat
  message: MessageFact
}

interface UnknownChat {
  code: 'chat-not-found'
}

const nothingKnown: ReportedMessage = { chat: { status: 'absent' }, message: { status: 'absent' } }

async function existingChat<Input extends InChat>(
  input: Input,
  _: string,
  { stateOf }: Facts,
): Prepared<Input, UnknownChat> {
  const chat = await stateOf(chatStream(input.chatId), ({ status }) => status === 'open')
  return chat.status === 'open' ? { input } : { refusal: { code: 'chat-not-found' } }
}

/** Commands that participants of a chat do not see. */
export const moderationCommands = {
  giveBanReason: onModeration<InChat & { userId: string; reason: string }, ChatRejection>({
    operation: ({ chatId, userId }) => `PUT /chats/${chatId}/bans/${userId} reason`,
    command: ({ userId, reason }, _, by) => ({ type: 'GiveBanReason', userId, by, reason }),
    async prepare(input, actor, { stateOf }) {
      const chat = await chatOf(input.chatId, actor, stateOf)
      if (chat === null) return { refusal: { code: 'not-a-participant' } }
      return roleOf(chat, actor) === 'member' ? { refusal: { code: 'role-too-low' } } : { input }
    },
  }),

  /** Judged by the decider, so that a repeat is answered as one whatever became of the message. */
  reportMessage: onModeration<InChat & { messageId: string; reason: string; known?: ReportedMessage }, never>({
    operation: ({ chatId, messageId }) => `POST /chats/${chatId}/messages/${messageId}/reports`,
    command: ({ messageId, reason, known = nothingKnown }, commandId, reporterId) => ({
      type: 'ReportMessage',
      reportId: newReportId(commandId),
      messageId,
      reporterId,
      reason,
      ...known,
    }),
    async prepare(input, actor, { stateOf, messageFact }) {
      const { chatId, messageId } = input
      // the message first: whatever of the chat is known then, is known up to there at least
      const message = await messageFact(chatId, messageId, actor)
      const chat = await stateOf(
        chatStream(chatId),
        (known) => known.status === 'open' && known.participants.has(actor),
      )
      return { input: { ...input, known: { chat, message } } }
    },
  }),

  /** For admins of the installation, who need not take part. */
  setChatHold: onModeration<InChat & { on: boolean; reason: string }, UnknownChat>({
    operation: ({ chatId, on }) => `${on ? 'PUT' : 'DELETE'} /holds/chat/${chatId}`,
    command: ({ on, reason }, _, by) => ({ type: 'SetChatHold', on, reason, by }),
    prepare: existingChat,
  }),

  /** For admins of the installation, who need not take part. */
  setRetention: onModeration<InChat & { days: number | null }, UnknownChat>({
    operation: ({ chatId }) => `PUT /chats/${chatId}/retention`,
    command: ({ days }, _, by) => ({ type: 'SetRetention', days, by }),
    prepare: existingChat,
  }),

  settleReport: onModeration<InChat & { reportId: string; outcome: string }, never>({
    operation: ({ reportId }) => `POST /reports/${reportId}/settle`,
    command: ({ reportId, outcome }, _, by) => ({ type: 'SettleReport', reportId, by, outcome }),
  }),
}
