import type { RunSystemCommand } from '../commands/run-system-command.js'
import type { AnyEvent } from '../domain/any-event.js'
import type { PublicEvent } from '../domain/event.js'
import { v5 as uuidv5 } from 'uuid'
import { idOf, isChatStream } from '../domain/streams.js'
import type { Page } from '../eventstore/event-log.js'
import type { FollowerPosition } from '../followers/follower-position.js'
import type { EventReader } from '../privacy/event-reader.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import type { EndedPower } from '../projections/conversations/query-results.js'
import type { Progress } from '../followers/progress.js'
import type { Deliveries } from './deliveries.js'

export interface TrackChatHeadsDeps {
  reader: Pick<EventReader, 'decode' | 'authentic'>
  queries: Pick<ConversationQueries, 'webhookStatuses' | 'webhooksEndedBy'>
  /** Of conversations. */
  progress: Progress
  deliveries: Deliveries
  position: FollowerPosition
  run: RunSystemCommand
  /** Called when there is something to deliver. */
  onDue(): void
}

/** Where nothing changes, the position is written only every so many events; examining some of them again does no harm. */
const WRITE_EVERY = 5_000

export const TRACKED_STREAMS = ['chat-', 'moderation-', 'roles']

/** The command that disables a webhook has the same id whichever node runs it, so that it is disabled once. */
const disableCommandId = (webhookId: string): string => uuidv5('disable', webhookId)

interface DecodedEvent {
  stream: string
  version: number
  id: string
  at: string
  event: PublicEvent<AnyEvent>
}

/**
 * Records the latest version of each chat, adds new webhooks, and disables those whose creator may no longer have them. The outcome is
 * the same whichever node does it and however often. Forged events are passed over. It waits for the read model only where it has to query it: while something waits for
 * a projection, that projection does not batch.
 */
export function createTrackChatHeads(deps: TrackChatHeadsDeps) {
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

  /** Only webhooks made before the event: a creator who comes back and makes a new one keeps that. */
  async function disableEnded(ended: readonly EndedPower[]): Promise<void> {
    for (const { webhookId, chatId, causationId } of await queries.webhooksEndedBy(ended)) {
      const cause = { commandId: disableCommandId(webhookId), causationId }
      await run('disableWebhook', { chatId, webhookId, reason: 'creator' }, cause)
    }
  }

  return async ({ events, position: end }: Page, signal: AbortSignal): Promise<void> => {
    const decoded = reader.authentic(events).map((recorded): DecodedEvent => {
      const { event, metadata } = reader.decode(recorded)
      return { ...recorded, at: metadata.at, event }
    })
    const heads = headsIn(decoded)
    const created = idsIn(decoded, 'WebhookCreated')
    const ended = decoded.flatMap(endedPower)
    if (created.length > 0 || ended.length > 0) {
      if (!(await progress.reached(end, { signal }))) throw new Error('Stopped while the read model was behind')
      await begin(created, heads)
      await disableEnded(ended)
    }
    const over = [...idsIn(decoded, 'WebhookDeleted'), ...idsIn(decoded, 'WebhookDisabled')]
    if (over.length > 0) await deliveries.end(over)
    const latest = [...heads].map(([chatId, version]) => ({ chatId, version }))
    const isDue = latest.length > 0 && (await deliveries.advance(latest))
    unwritten += events.length
    if (isDue || unwritten >= WRITE_EVERY || decoded.some(({ stream }) => !isChatStream(stream))) {
      await position.write(end)
      unwritten = 0
    }
    if (isDue) onDue()
  }
}

const idsIn = (
  events: readonly DecodedEvent[],
  type: 'WebhookCreated' | 'WebhookDeleted' | 'WebhookDisabled',
): string[] => events.flatMap(({ event }) => (event.type === type ? [event.webhookId] : []))

const headsIn = (events: readonly DecodedEvent[]): Map<string, number> =>
  new Map(events.flatMap(({ stream, version }) => (isChatStream(stream) ? [[idOf(stream), version] as const] : [])))

/** The user who may no longer have webhooks, in one chat or in all. */
function endedPower({ stream, version, id: causationId, at, event }: DecodedEvent): EndedPower[] {
  switch (event.type) {
    case 'ParticipantLeft':
    case 'ParticipantRemoved':
    case 'ParticipantBanned':
      return [{ userId: event.userId, chatId: idOf(stream), version, at, causationId }]
    case 'ParticipantRoleChanged':
      return event.role === 'member' ? [{ userId: event.userId, chatId: idOf(stream), version, at, causationId }] : []
    case 'UserDeactivated':
    case 'UserErasureRequested':
      return [{ userId: event.userId, chatId: null, version, at, causationId }]
    default:
      return []
  }
}
