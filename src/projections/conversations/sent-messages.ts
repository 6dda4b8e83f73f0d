import type { AddParameter } from '../engine/parameters.js'
import type { TableName } from '../engine/projection.js'
import { advanceChatsOfSent } from './chats/advance-chats.js'
import { insertMentionsOfSent } from './messages/mentions.js'
import { insertSent, readBySenders, sentRows, toSentRow } from './messages/messages.js'
import type { Placed } from './part.js'
import { searchQueriesOfSent, textOf } from './search/search-texts.js'

/**
 * What the parts do for messages, as queries of one `with` clause that write only where `moved` has a row. All of them see the tables as they
 * were before: none may need what another writes.
 */
export function sentMessagesQueries(
  sent: readonly Placed<'MessageSent'>[],
  table: TableName,
  parameter: AddParameter,
): string[] {
  const rows = sent.map((placed) => ({ ...toSentRow(placed), words: textOf(placed) }))
  const queries = {
    sent: `select * from ${sentRows(parameter(JSON.stringify(rows)), ', words text')} where exists (select from moved)`,
    inserted: insertSent(table),
    read: readBySenders(table),
    mentioned: insertMentionsOfSent(table),
    ...searchQueriesOfSent(table, sent, parameter),
    advanced: advanceChatsOfSent(table),
  }
  return Object.entries(queries).map(([name, query]) => `${name} as (${query})`)
}
