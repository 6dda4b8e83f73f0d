import { idOf } from '../../domain/streams.js'
import type { EventReader, OpenedEvent } from '../../privacy/event-reader.js'
import type { Projection } from '../engine/projection.js'
import { inRuns, type Run } from './bulk-runs.js'
import { advanceChats } from './chats/advance-chats.js'
import type { ApplyContext, EventType, Part, Placed } from './part.js'
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
      for (const part of parts) await applyRun(part, run, context)
      await advanceChats('bulk' in run ? run.bulk : [run.single], context)
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

async function applyRun({ apply = {}, applyBulk }: Part, run: Run, context: ApplyContext): Promise<void> {
  if ('bulk' in run) return applyBulk?.(run.bulk, context)
  const handlers: Partial<Record<EventType, AnyHandler['handle']>> = apply
  await handlers[run.single.event.type]?.(run.single, context)
}

/** A handler as a method, which may take less than it is declared with: each stands under the one type of event that it takes. */
interface AnyHandler {
  handle(placed: Placed<EventType>, context: ApplyContext): Promise<void>
}
