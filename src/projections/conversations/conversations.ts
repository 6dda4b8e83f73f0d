import { rolesStream } from '../../domain/streams.js'
import type { EventReader } from '../../privacy/event-reader.js'
import type { Projection } from '../engine/projection.js'
import { applyEvents, toPlaced } from './apply-events.js'
import { isSent } from './part.js'
import { parts } from './parts.js'
import { sentMessagesQueries } from './sent-messages.js'
import { prepareSearch } from './search/message-words.js'
import { beginFillingSearch, endFillingSearch } from './search/search-texts.js'

/** Users, chats, memberships and messages: one projection, so that a membership and the messages it guards agree. */
export const createConversations = (reader: Pick<EventReader, 'open'>): Projection => ({
  name: 'conversations',
  version: 10,
  tables: parts.flatMap(({ tables }) => tables),
  streamPrefixes: ['user-', 'chat-', 'inbox-', 'moderation-', rolesStream],
  schema: (table) => parts.map(({ schema }) => schema(table)).join('\n'),
  filling: { begin: beginFillingSearch, end: endFillingSearch },
  prepare: async (batch) => prepareSearch(await reader.open(batch)),
  async pageQueries(batch, table, parameter) {
    if (!batch.every(({ type }) => type === 'MessageSent')) return null
    const sent = (await reader.open(batch)).map(toPlaced).filter(isSent)
    return sentMessagesQueries(sent, table, parameter)
  },
  async apply(batch, tx, table, isFilling = false) {
    await applyEvents(await reader.open(batch), parts, { tx, table, isFilling })
  },
})
