import type { ClientBase } from 'pg'
import type { ChatHidden, ChatMuted } from '../../domain/inbox/events.js'
import type { Folded } from '../../domain/event.js'
import type { TableName } from '../projection.js'

/**
 * What people set for themselves about their chats; it outlives their taking part. A chat is hidden up to `hidden_seq`: what is said
 * above brings it back, and nothing need be written for that.
 */
export const ownSettingsSchema = (table: TableName): string => `
  create table ${table('own_settings')} (
    user_id uuid not null,
    chat_id uuid not null,
    muted boolean not null default false,
    hidden_seq integer,
    primary key (user_id, chat_id)
  );
  create index on ${table('own_settings')} (user_id, chat_id, hidden_seq) where hidden_seq is not null;`

export async function applyOwnSetting(event: Folded<ChatMuted | ChatHidden>, tx: ClientBase, table: TableName) {
  const { userId, chatId } = event
  const [column, value] = event.type === 'ChatMuted' ? ['muted', event.muted] : ['hidden_seq', event.seq]
  await tx.query({
    name: `${column} ${table('own_settings')}`,
    text: `insert into ${table('own_settings')} (user_id, chat_id, ${column}) values ($1, $2, $3)
           on conflict (user_id, chat_id) do update set ${column} = $3`,
    values: [userId, chatId, value],
  })
}

/** Whether `me` has muted the chat `c`. */
export const isMuted = (table: TableName): string => `exists (
  select from ${table('own_settings')} where user_id = me.user_id and chat_id = c.id and muted)`

/** Whether `me` does not want to see the chat `c` in the list. */
export const isHidden = (table: TableName): string => `exists (
  select from ${table('own_settings')} where user_id = me.user_id and chat_id = c.id and hidden_seq >= c.last_seq)`
