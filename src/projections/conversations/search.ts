import type { ClientBase, Pool } from 'pg'
import type { RenderContent } from '../../content/render-content.js'
import { inSnapshot } from '../checkpoint.js'
import type { TableName } from '../projection.js'
import type { Cursor, Paged } from './conversation-queries.js'
import { toIso } from './instants.js'
import { MESSAGE_COLUMNS, messageSender, toMessage, type MessageRow, type SentMessage } from './messages.js'
import { quotedInSight } from './replies.js'
import { highlight, parseSearch, toTsquery, toTsvector } from './search-query.js'
import { rangesInSight } from './sight.js'
import { timeCursor } from './time-cursor.js'
import type { FoundMessage, SearchWithin } from './views.js'

/** What each message says now, as words; chat and sender are words as well, so that one index leads to the hits in someone's chats alone. */
export const searchSchema = (table: TableName): string => `
  create table ${table('search_texts')} (
    message_id uuid primary key,
    chat_id uuid not null,
    sent_version integer not null,
    sender_id uuid not null,
    created_at timestamptz not null,
    words tsvector not null
  );
  create index on ${table('search_texts')} using gin (words);`

/** No word of a text has such a mark. */
const mark = (kind: '#' | '@', id: string): string => `'${kind}' || replace(${id}::text, '-', '')`

const marked = (words: string): string =>
  `${words}::tsvector || array_to_tsvector(array[${mark('#', 'chat_id')}, ${mark('@', 'sender_id')}])`

/** All that came together in one statement. */
export async function applySentWords(
  messages: readonly SentMessage[],
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  const rows = messages.flatMap(({ event, chatId, version, at }) => {
    const words = event.content === null ? '' : toTsvector(event.content)
    const { messageId, senderId } = event
    return words === ''
      ? []
      : [{ message_id: messageId, chat_id: chatId, sent_version: version, sender_id: senderId, created_at: at, words }]
  })
  if (rows.length === 0) return
  await tx.query({
    name: `insert ${table('search_texts')}`,
    text: `insert into ${table('search_texts')} (message_id, chat_id, sent_version, sender_id, created_at, words)
      select message_id, chat_id, sent_version, sender_id, created_at, ${marked('words')} from json_to_recordset($1)
        as row(message_id uuid, chat_id uuid, sent_version integer, sender_id uuid, created_at timestamptz, words text)`,
    values: [JSON.stringify(rows)],
  })
}

/** Also where it said nothing that can be searched for, before or now. */
export async function applyEditedWords(
  { messageId, content }: { messageId: string; content: string | null },
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  await forgetWords(messageId, tx, table)
  const words = content === null ? '' : toTsvector(content)
  if (words === '') return
  await tx.query({
    name: `again ${table('search_texts')}`,
    text: `insert into ${table('search_texts')} (message_id, chat_id, sent_version, sender_id, created_at, words)
      select id, chat_id, sent_version, sender_id, created_at, ${marked('$2')} from ${table('messages')} where id = $1`,
    values: [messageId, words],
  })
}

export async function forgetWords(messageId: string, tx: ClientBase, table: TableName): Promise<void> {
  await tx.query({
    name: `forget ${table('search_texts')}`,
    text: `delete from ${table('search_texts')} where message_id = $1`,
    values: [messageId],
  })
}

/** What the viewer may see now, the latest first. Null where `chatId` is not a chat of theirs. */
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
  const terms = parseSearch(query)
  const { chatId, senderId, from, to } = within
  const [afterAt = null, afterId = null] = after === null ? [] : after.split('_')
  return inSnapshot(pool, async (tx) => {
    const chats = await chatsToSearch(tx, table, viewer, chatId)
    if (chats.length === 0) return chatId === null ? { items: [], next: null } : null
    const { rows } = await tx.query<MessageRow & { chat_id: string }>(textOf(table), [
      viewer,
      wordsAndMarks(toTsquery(terms), chats, senderId),
      from,
      to,
      afterAt,
      afterId,
      limit + 1,
    ])
    const items = rows.slice(0, limit).map((row) => {
      const message = toMessage(row, row.chat_id, render)
      return { message, highlight: highlight(message.content ?? '', terms) }
    })
    const end = rows.length > limit ? rows[limit - 1] : undefined
    return { items, next: end === undefined ? null : timeCursor(toIso(end.created_at), end.id) }
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

const wordsAndMarks = (words: string, chats: readonly string[], senderId: string | null): string => {
  const inChats = chats.map((id) => `'#${id.replaceAll('-', '')}'`).join(' | ')
  return `(${words}) & (${inChats})${senderId === null ? '' : ` & '@${senderId.replaceAll('-', '')}'`}`
}

const textOf = (table: TableName): string => `
  select s.chat_id, ${MESSAGE_COLUMNS} from (
    select s.message_id, s.chat_id, s.created_at from ${table('search_texts')} s
    join ${table('chats')} c on c.id = s.chat_id
    join ${table('memberships')} me on me.chat_id = c.id and me.user_id = $1 and me.to_version is null
    where s.words @@ $2::tsquery and ($3::timestamptz is null or s.created_at >= $3) and ($4::timestamptz is null or s.created_at <= $4)
      and ($5::timestamptz is null or (s.created_at, s.message_id) < ($5, $6::uuid))
      and exists (select from ${rangesInSight(table)} r where s.sent_version between r.first and r.last)
    order by s.created_at desc, s.message_id desc limit $7) s
  join ${table('messages')} m on m.id = s.message_id
  join ${table('chats')} c on c.id = s.chat_id
  join ${table('memberships')} me on me.chat_id = c.id and me.user_id = $1 and me.to_version is null
  ${messageSender(table)} ${quotedInSight(table)}
  order by s.created_at desc, s.message_id desc`
