import { v5 as uuidv5 } from 'uuid'
import { roleOf } from '../../domain/chat/state.js'
import { chatStream, moderationStream } from '../../domain/streams.js'
import { newBotId, newWebhookId } from '../command-id.js'
import type { StateOf } from './facts.js'
import type { Caller, ResultOf, RunCommand } from '../run-command.js'
import type { AccountStatuses } from './account-statuses.js'

/** What never changes of a webhook that leads into a chat. */
export interface IncomingWebhook {
  webhookId: string
  chatId: string
  /** Whom it acts for. */
  creatorId: string
  /** Who speaks. */
  botId: string
}

type Refused = Extract<ResultOf<'createWebhook' | 'registerBot' | 'addParticipants'>, { kind: 'rejected' }>
type Created = Exclude<ResultOf<'createWebhook'>, { kind: 'rejected' }>

/** Namespace of the command id below (RFC 9562, version 5). */
const ADDINGS = 'b1c6a0f4-6a0e-4c5b-9a53-0d5f4f1f7c09'

/**
 * Makes a webhook that leads into a chat, the bot that speaks for it, and adds that to the chat. The webhook comes first, and with it
 * every rule about who may; each further step is done once, and a repeat completes what a crash left half done.
 */
export async function createIncomingWebhook(
  run: RunCommand,
  { chatId, name }: { chatId: string; name: string },
  caller: Caller,
): Promise<Created | Refused> {
  const given = { chatId, direction: 'in', name, url: null, events: null } as const
  const created = await run('createWebhook', given, caller)
  if (created.kind === 'rejected') return created
  const botId = newBotId(created.commandId)
  const registered = await run('registerBot', { name, botId }, { ...caller, key: null })
  if (registered.kind === 'rejected') return registered
  const commandId = uuidv5(newWebhookId(created.commandId), ADDINGS)
  const once = { ...caller, key: { commandId, fingerprint: commandId } }
  const added = await run('addParticipants', { chatId, userIds: [botId], role: 'member' }, once)
  return added.kind === 'rejected' ? added : { ...created, position: added.position }
}

/**
 * Whether a webhook may say something now, by what the log holds at this moment: it is there and not disabled, its creator is an owner or
 * admin of the chat and active, and so is its bot. That the bot takes part is for the message's own command to judge.
 */
export const createMaySpeak =
  ({ stateOf, accountStatuses }: { stateOf: StateOf; accountStatuses: AccountStatuses }) =>
  async ({ webhookId, chatId, creatorId, botId }: IncomingWebhook): Promise<boolean> => {
    const anew = (): boolean => false
    const [moderation, chat, creator, bot] = await Promise.all([
      stateOf(moderationStream(chatId), anew),
      stateOf(chatStream(chatId), anew),
      accountStatuses.of(creatorId),
      accountStatuses.of(botId),
    ])
    const isAdmin = chat.status === 'open' && ['owner', 'admin'].includes(roleOf(chat, creatorId) ?? '')
    return moderation.webhooks.get(webhookId)?.on === true && isAdmin && creator.isActive && bot.isActive
  }

export type MaySpeak = ReturnType<typeof createMaySpeak>
