import type { ChatRejection } from '../../domain/chat/commands.js'
import { roleOf, type OpenChat } from '../../domain/chat/state.js'
import { chatStream } from '../../domain/streams.js'
import { newBotId, newWebhookId } from '../command-id.js'
import { onModeration, type InChat } from './command-row.js'
import type { StateOf } from './facts.js'

interface CreateWebhookInput extends InChat {
  direction: 'out' | 'in'
  /** Names of frames; empty for all. Null for one that leads in. */
  events: readonly string[] | null
  url: string | null
  name: string | null
}

interface AboutWebhook extends InChat {
  webhookId: string
}

/** What leads out of a chat, and into it. */
export const webhookCommands = {
  createWebhook: onModeration<CreateWebhookInput, ChatRejection>({
    operation: ({ chatId }) => `POST /chats/${chatId}/webhooks`,
    command: ({ chatId: _, ...input }, commandId, by) => ({
      type: 'CreateWebhook',
      webhookId: newWebhookId(commandId),
      by,
      botId: input.direction === 'in' ? newBotId(commandId) : null,
      ...input,
    }),
    async prepare(input, actor, { stateOf }) {
      const admitted = await asAdmin(input.chatId, actor, stateOf)
      if ('code' in admitted) return { refusal: admitted }
      return admitted.archived ? { refusal: { code: 'chat-archived' } } : { input }
    },
  }),

  deleteWebhook: onModeration<AboutWebhook, ChatRejection>({
    operation: ({ chatId, webhookId }) => `DELETE /chats/${chatId}/webhooks/${webhookId}`,
    command: ({ webhookId }, _, by) => ({ type: 'DeleteWebhook', webhookId, by }),
    async prepare(input, actor, { stateOf }) {
      const admitted = await asAdmin(input.chatId, actor, stateOf)
      return 'code' in admitted ? { refusal: admitted } : { input }
    },
  }),

  /** By the system alone. */
  disableWebhook: onModeration<AboutWebhook & { reason: 'failing' | 'creator' }, never>({
    operation: ({ webhookId }) => `disable webhook ${webhookId}`,
    command: ({ webhookId, reason }) => ({ type: 'DisableWebhook', webhookId, reason }),
  }),
}

/** The chat for one of its owners or admins, as webhooks have it; why not, for anyone else. A refusal comes from a state read anew. */
export async function asAdmin(
  chatId: string,
  userId: string,
  stateOf: StateOf,
): Promise<OpenChat | { code: 'not-a-participant' | 'direct-chat' | 'role-too-low' }> {
  const isAdmin = (chat: OpenChat): boolean => ['owner', 'admin'].includes(roleOf(chat, userId) ?? '')
  const chat = await stateOf(chatStream(chatId), (known) => known.status === 'open' && isAdmin(known))
  if (chat.status === 'absent' || !chat.participants.has(userId)) return { code: 'not-a-participant' }
  if (chat.chatType === 'direct') return { code: 'direct-chat' }
  return isAdmin(chat) ? chat : { code: 'role-too-low' }
}
