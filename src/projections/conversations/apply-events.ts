import { idOf } from '../../domain/streams.js'
import type { OpenedEvent } from '../../privacy/event-reader.js'
import { inRuns } from './bulk-runs.js'
import { advanceChats } from './chats/advance-chats.js'
import type { ApplyContext, BulkEvent, EventType, Part, Placed } from './part.js'

/** Applies events, in the order of the log, to the tables of these parts. */
export async function applyEvents(
  events: readonly OpenedEvent[],
  parts: readonly Part[],
  context: ApplyContext,
): Promise<void> {
  for (const run of inRuns(events.map(toPlaced))) {
    if ('bulk' in run) await applyBulk(run.bulk, parts, context)
    else await applySingle(run.single, parts, context)
  }
}

export const toPlaced = ({ event, stream, version, at: recordedAt }: OpenedEvent): Placed<EventType> => ({
  event,
  stream,
  chatId: idOf(stream),
  version,
  at: ('originalAt' in event ? event.originalAt : undefined) ?? recordedAt,
  recordedAt,
})

/** Each part sends its statements at once and in order: Postgres runs the first while the next are written. */
async function applyBulk(events: readonly BulkEvent[], parts: readonly Part[], context: ApplyContext): Promise<void> {
  await Promise.all([...parts.map((part) => part.applyBulk?.(events, context)), advanceChats(events, context)])
}

async function applySingle(placed: Placed<EventType>, parts: readonly Part[], context: ApplyContext): Promise<void> {
  for (const { apply = {} } of parts) {
    const handlers: Partial<Record<EventType, AnyHandler['handle']>> = apply
    await handlers[placed.event.type]?.(placed, context)
  }
  await advanceChats([placed], context)
}

/** A handler as a method, which may take less than it is declared with: each stands under the one type of event that it takes. */
interface AnyHandler {
  handle(placed: Placed<EventType>, context: ApplyContext): Promise<void>
}
