import type { StateOf } from '../commands/catalogue/facts.js'
import { asAdmin } from '../commands/catalogue/webhook-commands.js'
import { rangesOf } from '../domain/chat/state.js'
import type { Position } from '../eventstore/event-log.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { Progress } from '../followers/progress.js'
import type { Deliveries } from './deliveries.js'

type Refusal = 'not-a-participant' | 'direct-chat' | 'role-too-low' | 'webhook-not-found' | 'webhook-disabled'

export interface ReplayAsked {
  chatId: string
  webhookId: string
  /** Version of the chat; everything above it is delivered again. */
  afterVersion: number
  by: string
}

/**
 * Starts a replay. `afterVersion` of the answer says where it begins: never after the version that the webhook is at, nor before what its
 * creator may see.
 */
export type ReplayWebhook = (
  asked: ReplayAsked,
) => Promise<{ kind: 'replaying'; afterVersion: number } | { kind: 'rejected'; rejection: { code: Refusal } }>

export interface ReplayWebhookDeps {
  stateOf: StateOf
  queries: Pick<ConversationQueries, 'webhookStatuses'>
  head(): Promise<Position>
  /** Of conversations. */
  progress: Progress
  deliveries: Pick<Deliveries, 'setBack'>
  /** Called when there is something to deliver. */
  onDue(): void
}

const MAX_WAIT_MS = 2_000

/** Appends no event: how far a webhook has been delivered to is not part of the log. */
export function createReplayWebhook(deps: ReplayWebhookDeps): ReplayWebhook {
  const { stateOf, queries, head, progress, deliveries, onDue } = deps

  /** Before a webhook counts as unknown, the read model must have everything that is in the log now. */
  async function find(webhookId: string) {
    const known = (await queries.webhookStatuses([webhookId])).get(webhookId)
    if (known !== undefined) return known
    await progress.reached(await head(), { timeoutMs: MAX_WAIT_MS })
    return (await queries.webhookStatuses([webhookId])).get(webhookId)
  }

  return async ({ chatId, webhookId, afterVersion, by }) => {
    const chat = await asAdmin(chatId, by, stateOf)
    if ('code' in chat) return rejected(chat.code)
    const webhook = await find(webhookId)
    if (webhook?.chatId !== chatId || webhook.direction === 'in' || webhook.status === 'deleted')
      return rejected('webhook-not-found')
    const [first] = rangesOf(chat, webhook.userId)
    if (webhook.status === 'disabled' || first === undefined) return rejected('webhook-disabled')
    const head = Math.max(chat.version, webhook.fromVersion)
    const version = Math.min(Math.max(afterVersion, first[0] - 1), head)
    const replayedFrom = await deliveries.setBack(webhookId, { chatId, version, head })
    if (replayedFrom === null) return rejected('webhook-disabled')
    onDue()
    return { kind: 'replaying', afterVersion: replayedFrom }
  }
}

const rejected = (code: Refusal) => ({ kind: 'rejected', rejection: { code } }) as const
