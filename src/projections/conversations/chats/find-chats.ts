import type { TableName } from '../../engine/projection.js'
import { fewParticipants } from '../memberships/participant-columns.js'
import { isId, lookUpNames, nameCursor, NO_ID, startsOf, type NamePage } from '../name-index.js'
import type { QueryContext } from '../query-context.js'
import { toPaged, type Cursor, type Paged } from '../query-results.js'
import type { FoundChatView, UserRef } from '../views.js'
import { SHARED_COLUMNS, toSharedChat, type ChatRow } from './chat-columns.js'

/** Chats in whose names a word begins with the query, in which the user takes part or ever did, or both. */
export interface ChatSearch {
  query: string | null
  participantId: string | null
  limit: number
  after: Cursor | null
}

interface FoundRow extends ChatRow {
  participants: UserRef[]
}

const toFoundChat = (row: FoundRow): FoundChatView => ({ ...toSharedChat(row), participants: row.participants })

/** Of the chats that `found` gives as `s.owner_id`. */
const chatsIn = (found: string, more: string, table: TableName): string => `
  select ${more}${SHARED_COLUMNS}, ${fewParticipants(table, 'null')} as participants from (${found}) s
  cross join lateral (select * from ${table('chats')} where id = s.owner_id limit 1) c`

export const findChats = (
  context: QueryContext,
  { participantId, ...names }: ChatSearch,
): Promise<Paged<FoundChatView>> =>
  participantId === null ? findByName(context, names) : findOfParticipant(context, participantId, names)

const NOTHING = { items: [], next: null }

/** In the order of what was found. */
async function findByName(
  { pool, table }: QueryContext,
  { query, limit, after }: NamePage,
): Promise<Paged<FoundChatView>> {
  const lookup = lookUpNames(table('chat_names'), { query, limit, after })
  if (lookup === null) return NOTHING
  const { rows } = await pool.query<FoundRow & { start: string }>({
    name: `find ${table('chat_names')}`,
    text: `${chatsIn(lookup.text, 's.start, ', table)} order by s.start, s.owner_id`,
    values: lookup.values,
  })
  return toPaged(rows, limit, toFoundChat, nameCursor)
}

/** By id. Reads what there is of the user's memberships, which have an index, and looks each chat's name up by its id. */
async function findOfParticipant(
  { pool, table }: QueryContext,
  participantId: string,
  { query, limit, after }: NamePage,
): Promise<Paged<FoundChatView>> {
  const starts = query === null ? ['', ''] : startsOf(query)
  if (starts === null) return NOTHING
  const hasName = `exists (select from ${table('chat_names')} n
    where n.owner_id = m.chat_id and n.start >= $4 and n.start < $5 offset 0)`
  const found = `select distinct m.chat_id as owner_id from ${table('memberships')} m
    where m.user_id = $1 and m.chat_id > $2 and ($5 = '' or ${hasName}) order by m.chat_id limit $3`
  const { rows } = await pool.query<FoundRow>({
    name: `of participant ${table('chat_names')}`,
    text: `${chatsIn(found, '', table)} order by s.owner_id`,
    values: [participantId, isId(after) ? after : NO_ID, limit + 1, ...starts],
  })
  return toPaged(rows, limit, toFoundChat, ({ id }) => id)
}
