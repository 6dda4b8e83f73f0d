import type { ClientBase } from 'pg'
import type { ChatHidden, ChatMuted } from '../../domain/inbox/events.js'
import type { PublicEvent } from '../../domain/event.js'
import type { TableName } from '../engine/projection.js'

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
  );`

export async function applyOwnSetting(event: PublicEvent<ChatMuted | ChatHidden>, tx: ClientBase, table: TableName) {
  const { userId, chatId } = event
  const [column, value] = event.type === 'ChatMuted' ? ['muted', event.muted] : ['hidden_seq', event.seq]
  await tx.query({
    name: `${column} ${table('own_settings')}`,
    text: `insert into ${table('own_settings')} (user_id, chat_id, ${column}) values ($1, $2, $3)
           on conflict (user_id, chat_id) do update set ${column} = $3`,
    values: [userId, chatId, value],
  })
}

/** Whether `me` has muted the chat `c`. One row is looked up for each chat: `limit` keeps Postgres from reading everyone's to find a few. */
export const isMuted = (table: TableName): string => `coalesce((
  select muted from ${table('own_settings')} where user_id = me.user_id and chat_id = c.id limit 1), false)`

/** Whether `me` does not want to see the chat `c` in the list. */
export const isHidden = (table: TableName): string => `coalesce((
  select hidden_seq >= c.last_seq from ${table('own_settings')}
  where user_id = me.user_id and chat_id = c.id limit 1), false)`
