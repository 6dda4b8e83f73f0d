import { rolesStream } from '../../domain/streams.js'
import type { EventReader } from '../../privacy/event-reader.js'
import type { Projection } from '../engine/projection.js'
import { applyEvents } from './apply-events.js'
import { parts } from './parts.js'
import { prepareSearch } from './search/message-words.js'
import { beginBulkSearch, endBulkSearch } from './search/search-texts.js'

/** Users, chats, memberships and messages: one projection, so that a membership and the messages it guards agree. */
export const createConversations = (reader: Pick<EventReader, 'open'>): Projection => ({
  name: 'conversations',
  version: 10,
  tables: parts.flatMap(({ tables }) => tables),
  streamPrefixes: ['user-', 'chat-', 'inbox-', 'moderation-', rolesStream],
  schema: (table) => parts.map(({ schema }) => schema(table)).join('\n'),
  bulk: { begin: beginBulkSearch, end: endBulkSearch },
  prepare: async (batch) => prepareSearch(await reader.open(batch)),
  async apply(batch, tx, table) {
    await applyEvents(await reader.open(batch), parts, { tx, table })
  },
})
