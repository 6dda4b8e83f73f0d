import type { RunSystemCommand } from '../commands/run-system-command.js'
import type { AnyEvent } from '../domain/any-event.js'
import type { PublicEvent } from '../domain/event.js'
import { idOf, isChatStream } from '../domain/streams.js'
import type { Page } from '../eventstore/event-log.js'
import type { FollowerPosition } from '../followers/follower-position.js'
import type { EventReader } from '../privacy/event-reader.js'
import type { ConversationQueries, EndedPower } from '../projections/conversations/conversation-queries.js'
import type { Progress } from '../followers/progress.js'
import type { Deliveries } from './deliveries.js'
import { disablingId } from './disabling-id.js'

export interface NoteChatsDeps {
  reader: Pick<EventReader, 'decode'>
  queries: Pick<ConversationQueries, 'webhookStatuses' | 'webhooksEndedBy'>
  /** Of conversations. */
  progress: Progress
  deliveries: Deliveries
  position: FollowerPosition
  run: RunSystemCommand
  /** Told when there is something to deliver. */
  onDue(): void
}

/** Without anything to note, where it stands is written down only so often; to examine something again does no harm. */
const WRITE_EVERY = 5_000

export const NOTED_STREAMS = ['chat-', 'moderation-', 'roles']

interface Placed {
  stream: string
  version: number
  id: string
  at: string
  event: PublicEvent<AnyEvent>
}

/**
 * Notes how far chats have come, which webhooks there are, and ends those whose creator may have them no longer. What is noted is the same
 * whichever node does it and however often. Only what must be looked up in the read model waits for it: a runner that is waited for lets
 * no events gather.
 */
export function createTrackChatHeads(deps: NoteChatsDeps) {
  const { reader, queries, progress, deliveries, position, run, onDue } = deps
  let unwritten = 0

  async function begin(created: readonly string[], heads: ReadonlyMap<string, number>): Promise<void> {
    const webhooks = [...(await queries.webhookStatuses(created))]
    const outgoing = webhooks.filter(([, { direction, status }]) => direction === 'out' && status === 'active')
    await deliveries.begin(
      outgoing.map(([webhookId, { chatId, fromVersion: version }]) => ({
        webhookId,
        chatId,
        version,
        head: Math.max(version, heads.get(chatId) ?? 0),
      })),
    )
  }

  /** Of those that were made before: who comes back and makes one anew keeps that. */
  async function endPowers(ended: readonly EndedPower[]): Promise<void> {
    for (const { webhookId, chatId, causationId } of await queries.webhooksEndedBy(ended)) {
      const cause = { commandId: disablingId(webhookId), causationId }
      await run('disableWebhook', { chatId, webhookId, why: 'creator' }, cause)
    }
  }

  return async ({ events, position: end }: Page, signal: AbortSignal): Promise<void> => {
    const placed = events.map((recorded): Placed => {
      const { event, metadata } = reader.decode(recorded)
      return { ...recorded, at: metadata.at, event }
    })
    const heads = headsIn(placed)
    const created = idsIn(placed, 'WebhookCreated')
    const ended = placed.flatMap(endedPower)
    if (created.length > 0 || ended.length > 0) {
      if (!(await progress.reached(end, { signal }))) throw new Error('ended while the read model was behind')
      await begin(created, heads)
      await endPowers(ended)
    }
    const over = [...idsIn(placed, 'WebhookDeleted'), ...idsIn(placed, 'WebhookDisabled')]
    if (over.length > 0) await deliveries.end(over)
    const raised = [...heads].map(([chatId, version]) => ({ chatId, version }))
    const isDue = raised.length > 0 && (await deliveries.raise(raised))
    unwritten += events.length
    if (isDue || unwritten >= WRITE_EVERY || placed.some(({ stream }) => !isChatStream(stream))) {
      await position.write(end)
      unwritten = 0
    }
    if (isDue) onDue()
  }
}

const idsIn = (events: readonly Placed[], type: 'WebhookCreated' | 'WebhookDeleted' | 'WebhookDisabled'): string[] =>
  events.flatMap(({ event }) => (event.type === type ? [event.webhookId] : []))

const headsIn = (events: readonly Placed[]): Map<string, number> =>
  new Map(events.flatMap(({ stream, version }) => (isChatStream(stream) ? [[idOf(stream), version] as const] : [])))

/** Who may have webhooks no longer, in one chat or anywhere. */
function endedPower({ stream, version, id: causationId, at, event }: Placed): EndedPower[] {
  switch (event.type) {
    case 'ParticipantLeft':
    case 'ParticipantRemoved':
    case 'ParticipantBanned':
      return [{ userId: event.userId, chatId: idOf(stream), version, at, causationId }]
    case 'ParticipantRoleChanged':
      return event.role === 'member' ? [{ userId: event.userId, chatId: idOf(stream), version, at, causationId }] : []
    case 'UserDeactivated':
      return [{ userId: event.userId, chatId: null, version, at, causationId }]
    default:
      return []
  }
}
