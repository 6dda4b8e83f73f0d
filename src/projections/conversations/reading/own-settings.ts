import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'

/**
 * What users set for themselves about their chats; it outlives their membership. A chat is hidden up to `hidden_seq`: a later message
 * shows it again, and nothing need be written for that.
 */
export const ownSettingsPart = {
  tables: ['own_settings'],
  schema: (table: TableName): string => `
    create table ${table('own_settings')} (
      user_id uuid not null,
      chat_id uuid not null,
      muted boolean not null default false,
      hidden_seq integer,
      primary key (user_id, chat_id)
    );`,
  apply: {
    ChatMuted: ({ event }: Placed<'ChatMuted'>, context: ApplyContext) => set('muted', event.muted, event, context),
    ChatHidden: ({ event }: Placed<'ChatHidden'>, context: ApplyContext) =>
      set('hidden_seq', event.seq, event, context),
  },
} satisfies Part

async function set(
  column: 'muted' | 'hidden_seq',
  value: boolean | number | null,
  { userId, chatId }: { userId: string; chatId: string },
  { tx, table }: ApplyContext,
): Promise<void> {
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

/** Whether `me` has hidden the chat `c`, and nothing was sent to it since. */
export const isHidden = (table: TableName): string => `coalesce((
  select hidden_seq >= c.last_seq from ${table('own_settings')}
  where user_id = me.user_id and chat_id = c.id limit 1), false)`
