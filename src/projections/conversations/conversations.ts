import { idOf } from '../../domain/streams.js'
import type { EventReader, OpenedEvent } from '../../privacy/event-reader.js'
import type { Projection } from '../engine/projection.js'
import { inRuns } from './bulk-runs.js'
import { advanceChats } from './chats/advance-chats.js'
import type { ApplyContext, BulkEvent, EventType, Placed } from './part.js'
import { parts } from './parts.js'
import { beginBulkSearch, endBulkSearch } from './search/search-texts.js'

/** Users, chats, memberships and messages: one projection, so that a membership and the messages it guards agree. */
export const createConversations = (reader: EventReader): Projection => ({
  name: 'conversations',
  version: 6,
  tables: parts.flatMap(({ tables }) => tables),
  streamPrefixes: ['user-', 'chat-', 'inbox-', 'moderation-'],
  schema: (table) => parts.map(({ schema }) => schema(table)).join('\n'),
  bulk: { begin: beginBulkSearch, end: endBulkSearch },
  prepare: (batch) => reader.open(batch),
  async apply(batch, tx, table) {
    const context = { tx, table }
    const events = (await reader.open(batch)).map(toPlaced)
    for (const run of inRuns(events)) {
      if ('bulk' in run) await applyBulk(run.bulk, context)
      else await applySingle(run.single, context)
    }
  },
})

const toPlaced = ({ event, stream, version, at: recordedAt }: OpenedEvent): Placed<EventType> => ({
  event,
  stream,
  chatId: idOf(stream),
  version,
  at: ('originalAt' in event ? event.originalAt : undefined) ?? recordedAt,
  recordedAt,
})

/** Each part sends its statements at once and in order: Postgres runs the first while the next are written. */
async function applyBulk(events: readonly BulkEvent[], context: ApplyContext): Promise<void> {
  await Promise.all([...parts.map((part) => part.applyBulk?.(events, context)), advanceChats(events, context)])
}

async function applySingle(placed: Placed<EventType>, context: ApplyContext): Promise<void> {
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
