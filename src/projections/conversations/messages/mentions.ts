import { mentionsOf } from '../../../domain/chat/mentions.js'
import type { TableName } from '../../engine/projection.js'
import { messagesIn, type ApplyContext, type BulkEvent, type Part, type Placed } from '../part.js'
import { chatsOf } from '../memberships/chats-of.js'
import { MAX_UNREAD, seesAllUnread } from '../reading/unread-count.js'
import { isInMonths } from '../retention/retention.js'
import { isVisible } from '../visibility/visible-spans.js'

/** In place of a user's id in the row of a message that mentions everyone. */
const EVERYONE = '00000000-0000-0000-0000-000000000000'

/** Who is mentioned where: a row for each user whom a message names, and one where it mentions everyone. None for deleted messages. */
export const mentionsPart = {
  tables: ['mentions'],
  schema: (table: TableName): string => `
    create table ${table('mentions')} (
      message_id uuid not null,
      user_id uuid not null,
      chat_id uuid not null,
      seq integer not null,
      sent_version integer not null,
      sender_id uuid not null,
      primary key (message_id, user_id)
    );
    create index on ${table('mentions')} (chat_id, user_id, seq);`,
  apply: {
    async MessageEdited({ event }: Placed<'MessageEdited'>, context: ApplyContext) {
      await remove(event.messageId, context)
      await insert([{ message_id: event.messageId, users: mentionedBy(event) }], context)
    },
    MessageDeleted: ({ event }: Placed<'MessageDeleted'>, context: ApplyContext) => remove(event.messageId, context),
    UserErased: removeAllOf,
    MessagesExpired: removeExpired,
  },
  applyBulk: (events: readonly BulkEvent[], context: ApplyContext) =>
    insert(
      messagesIn(events).map(({ event }) => ({ message_id: event.messageId, users: mentionedBy(event) })),
      context,
    ),
} satisfies Part

type Writing = Placed<'MessageSent' | 'MessageEdited'>['event']

const mentionedBy = (event: Writing): string[] => {
  const { mentions, mentions_all } = mentionColumns(event)
  return [...(mentions ?? []), ...(mentions_all ? [EVERYONE] : [])]
}

/** As they stand in the message's own row. */
export function mentionColumns(event: Writing): { mentions: readonly string[] | null; mentions_all: boolean } {
  const { mentions, mentionsAll } = mentionsOf(event)
  return { mentions: mentions.length === 0 ? null : mentions, mentions_all: mentionsAll }
}

/** Once the messages have their rows. */
async function insert(
  messages: readonly { message_id: string; users: readonly string[] }[],
  { tx, table }: ApplyContext,
): Promise<void> {
  const rows = messages.flatMap(({ message_id, users }) => users.map((user_id) => ({ message_id, user_id })))
  if (rows.length === 0) return
  await tx.query({
    name: `insert ${table('mentions')}`,
    text: `insert into ${table('mentions')} (message_id, user_id, chat_id, seq, sent_version, sender_id)
           select m.id, r.user_id, m.chat_id, m.seq, m.sent_version, m.sender_id
           from json_to_recordset($1) as r(message_id uuid, user_id uuid) join ${table('messages')} m on m.id = r.message_id`,
    values: [JSON.stringify(rows)],
  })
}

/** Of the messages in the rows of `sent`. */
export const insertMentionsOfSent = (table: TableName): string => `
  insert into ${table('mentions')} (message_id, user_id, chat_id, seq, sent_version, sender_id)
  select s.id, m.user_id, s.chat_id, s.seq, s.version, s.sender_id
  from (select * from sent where mentions is not null or mentions_all) s cross join lateral (
    select value::uuid as user_id from json_array_elements_text(s.mentions) union all select '${EVERYONE}' where s.mentions_all) m`

async function remove(messageId: string, { tx, table }: ApplyContext): Promise<void> {
  const text = `delete from ${table('mentions')} where message_id = $1`
  await tx.query({ name: `delete ${table('mentions')}`, text, values: [messageId] })
}

/** All that the user's messages mention. */
async function removeAllOf({ event }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `delete from ${table('mentions')} where chat_id in (${chatsOf(table)}) and sender_id = $1`
  await tx.query(text, [event.userId])
}

/** Once the messages' own rows are erased, which keep their times. */
async function removeExpired({ event, chatId }: Placed<'MessagesExpired'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query(
    `delete from ${table('mentions')} x using ${table('messages')} m
     where x.chat_id = $1 and m.id = x.message_id and ${isInMonths('m.created_at')}`,
    [chatId, event.months],
  )
}

/** How many messages of others in the chat `c`, above the marker of `me` and visible to them, mention `me` or everyone; 999 at most. */
export const unreadMentions = (table: TableName): string => `(
  select count(*)::integer from (
    select seq from ((${mentionRows(table, 'me.user_id')}) union (${mentionRows(table, `'${EVERYONE}'`)})) mentioned
    limit ${MAX_UNREAD}) counted)`

const mentionRows = (table: TableName, userId: string): string => `
  select seq from ${table('mentions')} x
  where x.chat_id = c.id and x.user_id = ${userId} and x.seq > me.read_seq and x.sender_id <> me.user_id
    and (${seesAllUnread} or ${isVisible(table, 'x.sent_version')}) limit ${MAX_UNREAD}`
