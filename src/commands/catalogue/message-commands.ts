import type { Imported, LinkPreview } from '../../domain/chat/events.js'
import type { JsonObject } from '../../domain/event.js'
import { isPastRetention } from '../../domain/retention.js'
import { moderationStream } from '../../domain/streams.js'
import { furtherMessageId, newMessageId } from '../command-id.js'
import { onChat, type InChat } from './command-row.js'
import { chatOf, isBlockedByAny, type CannotSend } from './facts.js'

export interface SendMessageInput extends Imported, InChat {
  messageType: string
  content: string
  metadata: JsonObject | null
  clientMessageId: string | null
  /** The id of the message that it answers. */
  replyTo?: string
  /** Further messages of the same sender, in the same append. */
  more?: readonly { content: string }[]
}

export interface AddLinkPreviewsInput extends InChat {
  messageId: string
  contentVersion: number
  previews: readonly LinkPreview[]
}

interface OfMessage extends InChat {
  messageId: string
}

interface EditMessageInput extends OfMessage {
  content: string
  /** Found out when the command is prepared. */
  sameContentVersion?: number
  isPastRetention?: boolean
}

/** Until the writer gives it: what is known of the message that a command is about. */
const message = { status: 'absent' } as const

/** Commands on messages. */
export const messageCommands = {
  sendMessage: onChat<SendMessageInput, CannotSend>({
    operation: ({ chatId }) => `POST /chats/${chatId}/messages`,
    command: ({ chatId: _, replyTo: messageId, more = [], ...sent }, commandId, senderId) => ({
      type: 'SendMessage',
      messageId: newMessageId(commandId),
      senderId,
      ...sent,
      ...(more.length > 0 && {
        more: more.map(({ content }, index) => ({ messageId: furtherMessageId(commandId, index + 1), content })),
      }),
      ...(messageId === undefined ? {} : { replyTo: { messageId, message } }),
    }),
    /** In a direct chat, nothing from whom the other has blocked. */
    async prepare(input, actor, { stateOf }) {
      if (input.line !== undefined) return { input }
      const chat = await chatOf(input.chatId, actor, stateOf)
      if (chat?.chatType !== 'direct') return { input }
      const others = [...chat.participants].map(([userId]) => userId).filter((userId) => userId !== actor)
      return (await isBlockedByAny(others, actor, stateOf)) ? { refusal: { code: 'cannot-send' } } : { input }
    },
  }),

  editMessage: onChat<EditMessageInput>({
    operation: ({ chatId, messageId }) => `PATCH /chats/${chatId}/messages/${messageId}`,
    command: ({ chatId: _, ...input }, _commandId, by) => ({ type: 'EditMessage', by, ...input, message }),
    /** State holds no content: whether the new one differs is found by opening the event that set the present one. */
    async prepare(input, actor, { messageFact, contentAt, stateOf, now }) {
      const known = await messageFact(input.chatId, input.messageId, actor)
      if (known.status !== 'sent' || known.senderId !== actor) return { input }
      const { contentVersion, sentAt } = known
      const { retentionDays } = await stateOf(moderationStream(input.chatId), () => true)
      if (isPastRetention(sentAt, retentionDays, new Date(now))) return { input: { ...input, isPastRetention: true } }
      const isSame = (await contentAt(input.chatId, contentVersion)) === input.content
      return { input: isSame ? { ...input, sameContentVersion: contentVersion } : input }
    },
  }),

  deleteMessage: onChat<OfMessage>({
    operation: ({ chatId, messageId }) => `DELETE /chats/${chatId}/messages/${messageId}`,
    command: ({ messageId }, _, by) => ({ type: 'DeleteMessage', messageId, by, message }),
  }),

  react: onChat<OfMessage & { emoji: string; on: boolean }>({
    operation: ({ chatId, messageId, emoji, on }) =>
      `${on ? 'PUT' : 'DELETE'} /chats/${chatId}/messages/${messageId}/reactions/${emoji}`,
    command: ({ messageId, emoji, on }, _, userId) => ({ type: 'React', messageId, userId, emoji, on, message }),
  }),

  pinMessage: onChat<OfMessage & { on: boolean }>({
    operation: ({ chatId, messageId, on }) => `${on ? 'PUT' : 'DELETE'} /chats/${chatId}/pins/${messageId}`,
    command: ({ messageId, on }, _, by) => ({ type: 'PinMessage', messageId, by, on, message }),
  }),

  /** For the system alone. */
  expireMessages: onChat<InChat & { months: readonly string[]; beforeSeq: number }>({
    operation: ({ chatId }) => `expire messages of ${chatId}`,
    command: ({ months, beforeSeq }) => ({ type: 'ExpireMessages', months, beforeSeq }),
  }),

  addLinkPreviews: onChat<AddLinkPreviewsInput>({
    operation: ({ chatId, messageId }) => `add previews to ${chatId} ${messageId}`,
    command: ({ chatId: _, ...added }) => ({ type: 'AddLinkPreviews', ...added, message }),
  }),
}
