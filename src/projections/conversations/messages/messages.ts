import { DEFAULT_MESSAGE_TYPE } from '../../../domain/chat/events.js'
import type { TableName } from '../../engine/projection.js'
import { chatsOf } from '../memberships/chats-of.js'
import { messagesIn, type ApplyContext, type BulkEvent, type Part, type Placed } from '../part.js'
import { isInMonths } from '../retention/retention.js'
import { mentionColumns } from './mentions.js'

/** Messages as they are now. `version` is that of the last event that changed one; seqs and sent versions ascend together. */
export const messagesPart = {
  tables: ['messages'],
  schema: (table: TableName): string => `
    create table ${table('messages')} (
      id uuid primary key,
      chat_id uuid not null,
      seq integer not null,
      version integer not null,
      sent_version integer not null,
      sender_id uuid not null,
      client_message_id text,
      type text not null,
      reply_to_id uuid,
      reply_to_seq integer,
      content text,
      metadata json,
      mentions json,
      mentions_all boolean not null default false,
      link_previews json,
      reactions json,
      edited_at timestamptz,
      deleted_at timestamptz,
      deleted_by uuid,
      created_at timestamptz not null,
      recorded_at timestamptz not null,
      unique (chat_id, seq)
    );
    create unique index on ${table('messages')} (chat_id, sent_version);`,
  apply: {
    MessageEdited: editMessage,
    MessageDeleted: deleteMessage,
    UserErased: eraseMessages,
    MessagesExpired: expireMessages,
    LinkPreviewsAdded: setLinkPreviews,
    MessagePinned: touchMessage,
    MessageUnpinned: touchMessage,
    ReactionAdded: touchMessage,
    ReactionRemoved: touchMessage,
  },
  async applyBulk(events: readonly BulkEvent[], context: ApplyContext): Promise<void> {
    const sent = messagesIn(events)
    if (sent.length > 0) await insertMessages(sent, context)
  },
} satisfies Part

async function insertMessages(sent: readonly Placed<'MessageSent'>[], { tx, table }: ApplyContext): Promise<void> {
  await tx.query({
    name: `insert ${table('messages')}`,
    text: `with sent as (select * from ${sentRows('$1')}), inserted as (${insertSent(table)}) ${readBySenders(table)}`,
    values: [JSON.stringify(sent.map(toSentRow))],
  })
}

/** As `toSentRow` gives them. */
export const sentRows = (json: string, moreColumns = ''): string => `
  json_to_recordset(${json}) as row(id uuid, chat_id uuid, seq integer, version integer, sender_id uuid,
    client_message_id text, type text, reply_to_id uuid, reply_to_seq integer, content text, metadata json, mentions json,
    mentions_all boolean, created_at timestamptz, recorded_at timestamptz${moreColumns})`

/** Of the rows of `sent`. */
export const insertSent = (table: TableName): string => `
  insert into ${table('messages')} (id, chat_id, seq, version, sent_version, sender_id, client_message_id, type,
    reply_to_id, reply_to_seq, content, metadata, mentions, mentions_all, created_at, recorded_at)
  select id, chat_id, seq, version, version, sender_id, client_message_id, type, reply_to_id, reply_to_seq, content, metadata,
    mentions, mentions_all, created_at, recorded_at from sent`

/** The own reading of the senders of `sent`, in the memberships in which they sent. */
export const readBySenders = (table: TableName): string => `
  update ${table('memberships')} m set read_seq = greatest(m.read_seq, l.seq)
  from (
    select m.chat_id, m.user_id, m.from_version, max(sent.seq) as seq
    from sent join ${table('memberships')} m on m.chat_id = sent.chat_id and m.user_id = sent.sender_id
      and sent.version between m.from_version and coalesce(m.to_version, sent.version)
    group by m.chat_id, m.user_id, m.from_version) l
  where m.chat_id = l.chat_id and m.user_id = l.user_id and m.from_version = l.from_version`

export const toSentRow = ({ event, chatId, version, at, recordedAt }: Placed<'MessageSent'>) => ({
  id: event.messageId,
  chat_id: chatId,
  seq: event.seq,
  version,
  sender_id: event.senderId,
  client_message_id: event.clientMessageId,
  type: event.messageType ?? DEFAULT_MESSAGE_TYPE,
  // of an erased message, not even what it answers is shown
  reply_to_id: event.content === null ? null : (event.replyToId ?? null),
  reply_to_seq: event.content === null ? null : (event.replyToSeq ?? null),
  content: event.content,
  metadata: event.metadata,
  ...mentionColumns(event),
  created_at: at,
  recorded_at: recordedAt,
})

/** Its links are others now: their previews are gone. */
async function editMessage(
  { event, version, at }: Placed<'MessageEdited'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  const { mentions, mentions_all } = mentionColumns(event)
  await tx.query({
    name: `edit ${table('messages')}`,
    text: `update ${table('messages')} set version = $2, content = $3, edited_at = $4, link_previews = null, mentions = $5,
             mentions_all = $6 where id = $1`,
    values: [
      event.messageId,
      version,
      event.content,
      at,
      mentions === null ? null : JSON.stringify(mentions),
      mentions_all,
    ],
  })
}

/** Nothing is left of what it said. */
async function deleteMessage(
  { event: { messageId, by }, version, at }: Placed<'MessageDeleted'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  await tx.query({
    name: `delete ${table('messages')}`,
    text: `update ${table('messages')} set version = $2, content = null, metadata = null, mentions = null, mentions_all = false,
             link_previews = null, reactions = null, type = 'text', reply_to_id = null, reply_to_seq = null, deleted_at = $3, deleted_by = $4
           where id = $1`,
    values: [messageId, version, at, by],
  })
}

/** What is left is what the log still gives: ids, times and reactions. */
const NOTHING_SUPPLIED = `content = null, metadata = null, mentions = null, mentions_all = false, link_previews = null,
  client_message_id = null, type = '${DEFAULT_MESSAGE_TYPE}', reply_to_id = null, reply_to_seq = null`

async function expireMessages(
  { event, chatId, version }: Placed<'MessagesExpired'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  await tx.query(
    `update ${table('messages')} set version = $3, ${NOTHING_SUPPLIED} where chat_id = $1 and ${isInMonths('created_at')}`,
    [chatId, event.months, version],
  )
}

async function eraseMessages({ event }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query(
    `update ${table('messages')} set ${NOTHING_SUPPLIED}
     where chat_id in (${chatsOf(table)}) and sender_id = $1`,
    [event.userId],
  )
}

async function setLinkPreviews(
  { event: { messageId, previews }, version }: Placed<'LinkPreviewsAdded'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  await tx.query({
    name: `preview ${table('messages')}`,
    text: `update ${table('messages')} set link_previews = $3, version = $2 where id = $1`,
    values: [messageId, version, previews === null ? null : JSON.stringify(previews)],
  })
}

/** What changed stands in another table. */
async function touchMessage(
  { event: { messageId }, version }: { event: { messageId: string }; version: number },
  { tx, table }: ApplyContext,
): Promise<void> {
  await tx.query({
    name: `touch ${table('messages')}`,
    text: `update ${table('messages')} set version = $2 where id = $1`,
    values: [messageId, version],
  })
}
