import type { ClientBase, Pool } from 'pg'
import type { RenderContent } from '../../content/render-content.js'
import { inSnapshot } from '../../postgres/transaction.js'
import type { TableName } from '../engine/projection.js'
import type { Cursor, Paged } from './conversation-queries.js'
import { toIso } from './instants.js'
import { MESSAGE_COLUMNS, messageSender, toMessage, type MessageRow } from './messages.js'
import { quotedInSight } from './replies.js'
import { parseSearchCursor, searchCursor, type SearchPlace } from './search-cursor.js'
import { doubtful, highlight, parseSearch, toTsquery, withNear, type Term } from './search-query.js'
import { rangesInSight } from './visibility.js'
import { typoCandidates } from './typo-candidates.js'
import type { FoundMessage, SearchWithin } from './views.js'

/**
 * What the viewer may see now. What says nearly what was asked for is looked for only where a page has room left by what says just that, and
 * stands below it. Null where `chatId` is not a chat of theirs.
 */
export function searchPage(
  pool: Pool,
  table: TableName,
  viewer: string,
  query: string,
  within: SearchWithin,
  limit: number,
  after: Cursor | null,
  render: RenderContent,
): Promise<Paged<FoundMessage> | null> {
  const place = after === null ? null : parseSearchCursor(after)
  const asked = parseSearch(query)
  return inSnapshot(pool, async (tx) => {
    const chats = await chatsToSearch(tx, table, viewer, within.chatId)
    if (chats.length === 0) return within.chatId === null ? { items: [], next: null } : null
    // one more than asked for, to know whether there are more
    const look = (terms: Term[], than: Term[] | null, most: number, from: SearchPlace | null) =>
      hits(tx, table, { viewer, chats, terms, than, within, after: from, most }, render)
    const exact = place?.isNear === true ? [] : await look(asked, null, limit + 1, place)
    const room = limit + 1 - exact.length
    const terms = room > 0 ? withNear(asked, await typoCandidates(tx, table, doubtful(asked))) : null
    const near = terms === null ? [] : await look(terms, asked, room, place?.isNear === true ? place : null)
    const found = [...exact, ...near]
    const end = found.length > limit ? found[limit - 1] : undefined
    return {
      items: found.slice(0, limit).map(({ message, terms: met }) => ({
        message,
        highlight: highlight(message.content ?? '', met),
      })),
      next: end === undefined ? null : searchCursor(end),
    }
  })
}

async function chatsToSearch(tx: ClientBase, table: TableName, viewer: string, chatId: string | null) {
  const { rows } = await tx.query<{ chat_id: string }>({
    name: `chats ${table('search_texts')}`,
    text: `select chat_id from ${table('memberships')}
           where user_id = $1 and to_version is null and ($2::uuid is null or chat_id = $2)`,
    values: [viewer, chatId],
  })
  return rows.map(({ chat_id }) => chat_id)
}

interface Look {
  viewer: string
  chats: readonly string[]
  terms: Term[]
  /** What they are nearly: messages that say just that are left out. Null where they are what was asked for. */
  than: Term[] | null
  within: SearchWithin
  after: SearchPlace | null
  most: number
}

async function hits(
  tx: ClientBase,
  table: TableName,
  { viewer, chats, terms, than, within: { senderId, from, to, order }, after, most }: Look,
  render: RenderContent,
) {
  const words = toTsquery(terms)
  const isRanked = than === null && order === 'relevance'
  const { rows } = await tx.query<MessageRow & { chat_id: string; rank: number }>(textOf(table), [
    viewer,
    wordsAndMarks(words, chats, senderId),
    from,
    to,
    after?.rank ?? null,
    after?.at ?? null,
    after?.id ?? null,
    most,
    isRanked ? words : null,
    than === null ? null : toTsquery(than),
  ])
  return rows.map((row) => {
    const message = toMessage(row, row.chat_id, render)
    const place = { isNear: than !== null, rank: row.rank, at: toIso(row.created_at), id: row.id }
    return { ...place, message, terms }
  })
}

const wordsAndMarks = (words: string, chats: readonly string[], senderId: string | null): string => {
  const inChats = chats.map((id) => `'#${id.replaceAll('-', '')}'`).join(' | ')
  return `(${words}) & (${inChats})${senderId === null ? '' : ` & '@${senderId.replaceAll('-', '')}'`}`
}

/** Higher the nearer to each other the words stand and the more often; whole, so that a cursor tells it exactly. */
const RANK = `case when $9::tsquery is null then 0 else (ts_rank_cd(s.words, $9::tsquery) * 10000)::integer end`

const textOf = (table: TableName): string => `
  select s.chat_id, s.rank, ${MESSAGE_COLUMNS} from (
    select * from (
      select s.message_id, s.chat_id, s.created_at, ${RANK} as rank from ${table('search_texts')} s
      join ${table('chats')} c on c.id = s.chat_id
      join ${table('memberships')} me on me.chat_id = c.id and me.user_id = $1 and me.to_version is null
      where s.words @@ $2::tsquery and ($10::tsquery is null or not s.words @@ $10::tsquery)
        and ($3::timestamptz is null or s.created_at >= $3) and ($4::timestamptz is null or s.created_at <= $4)
        and exists (select from ${rangesInSight(table)} r where s.sent_version between r.first and r.last)) s
    where $5::integer is null or (s.rank, s.created_at, s.message_id) < ($5, $6::timestamptz, $7::uuid)
    order by s.rank desc, s.created_at desc, s.message_id desc limit $8) s
  join ${table('messages')} m on m.id = s.message_id
  join ${table('chats')} c on c.id = s.chat_id
  join ${table('memberships')} me on me.chat_id = c.id and me.user_id = $1 and me.to_version is null
  ${messageSender(table)} ${quotedInSight(table)}
  order by s.rank desc, s.created_at desc, s.message_id desc`
