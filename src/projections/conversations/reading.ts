import type { ClientBase } from 'pg'
import type { PublicEvent } from '../../domain/event.js'
import type { ChatsRead } from '../../domain/inbox/events.js'
import type { TableName } from '../engine/projection.js'
import type { Place } from './memberships.js'

/** The seqs of deleted messages: they are nobody's unread ones. */
export const deletedSeqsSchema = (table: TableName): string => `
  create table ${table('deleted_seqs')} (
    chat_id uuid not null,
    seq integer not null,
    primary key (chat_id, seq)
  );`

/** Once its row in `messages` stands. */
export async function applyDeletedSeq(messageId: string, { chatId }: Place, tx: ClientBase, table: TableName) {
  await tx.query({
    name: `note ${table('deleted_seqs')}`,
    text: `insert into ${table('deleted_seqs')} (chat_id, seq)
           select $1, seq from ${table('messages')} where id = $2 on conflict do nothing`,
    values: [chatId, messageId],
  })
}

/** A marker raises what is read; one that is set back on purpose sets it. */
export async function applyRead({ userId, chats }: PublicEvent<ChatsRead>, tx: ClientBase, table: TableName) {
  await tx.query({
    name: `read ${table('memberships')}`,
    text: `update ${table('memberships')} m
           set read_seq = case when r.unread then r.seq else greatest(m.read_seq, r.seq) end
           from unnest($2::uuid[], $3::integer[], $4::boolean[]) as r(chat_id, seq, unread)
           where m.chat_id = r.chat_id and m.user_id = $1 and m.to_version is null`,
    values: [
      userId,
      chats.map(({ chatId }) => chatId),
      chats.map(({ seq }) => seq),
      chats.map(({ unread = false }) => unread),
    ],
  })
}

const MAX_UNREAD = 999

/** What is above the marker of `me` in the chat `c` and not deleted, as `unread_count`. */
export const unreadCount = (table: TableName): string => `
  least(${MAX_UNREAD}, c.last_seq - me.read_seq - (
    select count(*)::integer from ${table('deleted_seqs')} where chat_id = c.id and seq > me.read_seq)) as unread_count`
