import { mayBeNear } from '../../../content/near-words.js'
import type { Word } from '../../../content/search-words.js'
import type { AddParameter } from '../../engine/parameters.js'
import type { TableName } from '../../engine/projection.js'
import { chatsOf } from '../memberships/chats-of.js'
import { messagesIn, type ApplyContext, type BulkEvent, type Part, type Placed } from '../part.js'
import { messageWords } from './message-words.js'
import { isInMonths } from '../retention/retention.js'
import { keyOf, SENDER, toTsvector, wordsOf } from './word-keys.js'

/**
 * The words of each message as it is now. Each word bears its chat's key (`word-keys.ts`), so that the index leads from a chat and a word
 * to the messages: whatever other chats hold is never looked at. `chat_words` are the words of each chat, to look up by what may have
 * been meant. The index takes in what is written at once (`fastupdate`), for a search has a look-up in it for each chat.
 */
const wordsIndex = (table: TableName): string => `${table('search_texts')}_words_idx`

/**
 * A rebuild makes the index afterwards, in one go. Until then no message is found by a word, and so `chat_words` keeps the words of messages
 * that were changed or removed meanwhile; they are deleted at the end.
 */
export const beginFillingSearch = (table: TableName): string => `drop index ${wordsIndex(table)}`

export const endFillingSearch = (table: TableName): string => `
  ${createWordsIndex(table)};
  delete from ${table('chat_words')} w
  where chat_id in (select chat_id from ${table('messages')} where content is null or edited_at is not null) and not exists (
    select from ${table('search_texts')} s
    where s.words @@ quote_literal(right(w.chat_id::text, 12) || w.word)::tsquery offset 0)`

const createWordsIndex = (table: TableName): string =>
  `create index if not exists ${wordsIndex(table)} on ${table('search_texts')} using gin (words) with (fastupdate = off)`

export const searchPart = {
  tables: ['search_texts', 'chat_words'],
  schema: (table: TableName): string => `
    create table ${table('search_texts')} (
      message_id uuid primary key,
      chat_id uuid not null,
      sent_version integer not null,
      sender_id uuid not null,
      created_at timestamptz not null,
      words tsvector not null
    );
    ${createWordsIndex(table)};
    create table ${table('chat_words')} (
      chat_id uuid not null,
      word text collate "C" not null,
      primary key (chat_id, word)
    );`,
  apply: {
    async MessageEdited({ event, chatId }: Placed<'MessageEdited'>, context: ApplyContext) {
      await remove(event.messageId, chatId, context)
      await insertEdited(event.messageId, event.content, chatId, context)
    },
    MessageDeleted: ({ event, chatId }: Placed<'MessageDeleted'>, context: ApplyContext) =>
      remove(event.messageId, chatId, context),
    UserErased: removeAllOf,
    MessagesExpired: removeExpired,
  },
  applyBulk: (events: readonly BulkEvent[], context: ApplyContext) => insertSent(messagesIn(events), context),
} satisfies Part

async function insertSent(sent: readonly Placed<'MessageSent'>[], context: ApplyContext): Promise<void> {
  const { tx, table } = context
  const texts = sent.map(withWords).filter(({ words }) => words.length > 0)
  if (texts.length === 0) return
  const rows = texts.map(({ event: { messageId, senderId }, chatId, version, at, words }) => ({
    message_id: messageId,
    chat_id: chatId,
    sent_version: version,
    sender_id: senderId,
    created_at: at,
    words: toTsvector(words, chatId, senderId),
  }))
  const inserted = tx.query({
    name: `insert ${table('search_texts')}`,
    text: `insert into ${table('search_texts')} (message_id, chat_id, sent_version, sender_id, created_at, words)
      select message_id, chat_id, sent_version, sender_id, created_at, words::tsvector from json_to_recordset($1)
        as row(message_id uuid, chat_id uuid, sent_version integer, sender_id uuid, created_at timestamptz, words text)`,
    values: [JSON.stringify(rows)],
  })
  await Promise.all([inserted, insertChatWords(texts, context)])
}

/** Nothing where it holds no word any more. */
async function insertEdited(messageId: string, content: string | null, chatId: string, context: ApplyContext) {
  const { tx, table } = context
  const words = wordsOf(content)
  if (words.length === 0) return
  await tx.query({
    name: `edit ${table('search_texts')}`,
    text: `insert into ${table('search_texts')} (message_id, chat_id, sent_version, sender_id, created_at, words)
      select id, chat_id, sent_version, sender_id, created_at,
        $2::tsvector || array_to_tsvector(array['${SENDER}' || right(chat_id::text, 12) || right(sender_id::text, 12)])
      from ${table('messages')} where id = $1`,
    values: [messageId, toTsvector(words, chatId, null)],
  })
  await insertChatWords([{ chatId, words }], context)
}

async function insertChatWords(
  texts: readonly { chatId: string; words: readonly Word[] }[],
  { tx, table }: ApplyContext,
): Promise<void> {
  const rows = chatWordRows(texts)
  if (rows.length === 0) return
  await tx.query({
    name: `insert ${table('chat_words')}`,
    text: `${insertWords(table, '$1')} on conflict do nothing`,
    values: [JSON.stringify(rows)],
  })
}

/** Each word of a chat once. */
function chatWordRows(texts: readonly { chatId: string; words: readonly Word[] }[]): object[] {
  const byChat = new Map<string, Set<string>>()
  for (const { chatId, words } of texts) {
    const known = byChat.get(chatId) ?? new Set<string>()
    byChat.set(chatId, known)
    for (const { folded } of words) if (!known.has(folded) && mayBeNear(folded)) known.add(folded)
  }
  return [...byChat].flatMap(([chat_id, all]) => Array.from(all, (word) => ({ chat_id, word })))
}

const insertWords = (table: TableName, json: string): string => `
  insert into ${table('chat_words')} (chat_id, word)
  select chat_id, word from json_to_recordset(${json}) as row(chat_id uuid, word text)`

/** Of the messages in the rows of `sent`, whose column `words` holds what `textOf` gives; and of their chats. */
export const searchQueriesOfSent = (
  table: TableName,
  sent: readonly Placed<'MessageSent'>[],
  parameter: AddParameter,
): Record<'texts' | 'chat_words', string> => ({
  texts: `
    insert into ${table('search_texts')} (message_id, chat_id, sent_version, sender_id, created_at, words)
    select id, chat_id, version, sender_id, created_at, words::tsvector from sent where words is not null`,
  chat_words: `${insertWords(table, parameter(JSON.stringify(chatWordRows(sent.map(withWords)))))}
    where exists (select from moved) on conflict do nothing`,
})

const withWords = (placed: Placed<'MessageSent'>) => ({ ...placed, words: messageWords(placed.event) })

/** As a `tsvector` reads it; null where the message has no words. */
export function textOf({ event, chatId }: Placed<'MessageSent'>): string | null {
  const words = messageWords(event)
  return words.length === 0 ? null : toTsvector(words, chatId, event.senderId)
}

/** With the words that no other message of the chat holds. */
async function remove(messageId: string, chatId: string, context: ApplyContext): Promise<void> {
  const { tx, table, isFilling } = context
  if (isFilling) return removeTexts('message_id = $1', [messageId], context)
  const key = keyOf(chatId)
  await tx.query({
    name: `delete ${table('search_texts')}`,
    text: `with gone as (delete from ${table('search_texts')} where message_id = $1 returning words)
           delete from ${table('chat_words')} w using gone cross join unnest(tsvector_to_array(gone.words)) as held(word)
           where w.chat_id = $2 and starts_with(held.word, $3) and w.word = substr(held.word, ${key.length + 1})
             and not exists (select from ${table('search_texts')} s
               where s.message_id <> $1 and s.words @@ quote_literal(held.word)::tsquery offset 0)`,
    values: [messageId, chatId, key],
  })
}

function removeAllOf({ event }: Placed<'UserErased'>, context: ApplyContext): Promise<void> {
  return removeTexts(`chat_id in (${chatsOf(context.table)}) and sender_id = $1`, [event.userId], context)
}

function removeExpired({ event, chatId }: Placed<'MessagesExpired'>, context: ApplyContext): Promise<void> {
  return removeTexts(`chat_id = $1 and ${isInMonths('created_at')}`, [chatId, event.months], context)
}

/** With the words that no other message of the chat holds; the rows are gone only after the statement. */
async function removeTexts(condition: string, values: unknown[], context: ApplyContext): Promise<void> {
  const { tx, table, isFilling } = context
  if (isFilling) {
    await tx.query(`delete from ${table('search_texts')} where ${condition}`, values)
    return
  }
  const held = `select distinct g.chat_id, h.lexeme, substr(h.lexeme, 13) as word
                from gone g cross join unnest(tsvector_to_array(g.words)) as h(lexeme)
                where starts_with(h.lexeme, right(g.chat_id::text, 12))`
  await tx.query(
    `with gone as (delete from ${table('search_texts')} where ${condition} returning message_id, chat_id, words)
     delete from ${table('chat_words')} w using (${held}) held
     where w.chat_id = held.chat_id and w.word = held.word and not exists (
       select from ${table('search_texts')} s
       where s.message_id not in (select message_id from gone) and s.words @@ quote_literal(held.lexeme)::tsquery offset 0)`,
    values,
  )
}
