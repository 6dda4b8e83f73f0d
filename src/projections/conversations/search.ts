import type { ClientBase } from 'pg'
import type { TableName } from '../engine/projection.js'
import type { SentMessage } from './messages.js'
import { toTsvector } from './search-query.js'

/**
 * What each message says now, as words; chat and sender are words as well, so that one index leads to the hits in someone's chats alone.
 * What the index has not sorted in yet (512 KiB at most) every look-up passes through, and a word typed wrong takes some hundred look-ups.
 */
export const searchSchema = (table: TableName): string => `
  create table ${table('search_texts')} (
    message_id uuid primary key,
    chat_id uuid not null,
    sent_version integer not null,
    sender_id uuid not null,
    created_at timestamptz not null,
    words tsvector not null
  );
  create index on ${table('search_texts')} using gin (words) with (gin_pending_list_limit = 512);`

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
