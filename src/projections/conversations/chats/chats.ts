import type { TableName } from '../../engine/projection.js'
import { chatsOf } from '../memberships/chats-of.js'
import type { ApplyContext, Part, Placed } from '../part.js'

/** Names and settings of chats. Version, times and last seq are kept by `advanceChats`, the number of participants by `memberships`. */
export const chatsPart = {
  tables: ['chats'],
  schema: (table: TableName): string => `
    create table ${table('chats')} (
      id uuid primary key,
      type text not null,
      name text,
      named_by uuid,
      created_by uuid not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      active_at timestamptz not null,
      history_visibility text not null,
      join_policy text not null,
      always_full boolean not null default true,
      archived_at timestamptz,
      participant_count integer not null default 0,
      last_seq integer not null default 0,
      retention_days integer,
      version integer not null default 0
    ) with (fillfactor = 80);`,
  apply: {
    ChatCreated: insertChat,
    ChatChanged: changeSettings,
    ChatArchived: ({ chatId, at }: Placed<'ChatArchived'>, context: ApplyContext) => setArchived(chatId, at, context),
    ChatUnarchived: ({ chatId }: Placed<'ChatUnarchived'>, context: ApplyContext) => setArchived(chatId, null, context),
    UserErased: eraseNames,
  },
} satisfies Part

async function insertChat({ event, chatId, at }: Placed<'ChatCreated'>, { tx, table }: ApplyContext): Promise<void> {
  const { chatType, name, createdBy, historyVisibility, joinPolicy } = event
  await tx.query({
    name: `insert ${table('chats')}`,
    text: `insert into ${table('chats')} (id, type, name, named_by, created_by, created_at, updated_at, active_at, history_visibility,
             join_policy, always_full)
           values ($1, $2, $3, $4, $4, $5, $5, $5, $6, $7, $6 = 'full')`,
    values: [chatId, chatType, name, createdBy, at, historyVisibility, joinPolicy],
  })
}

/** A name whose key was destroyed is null. */
async function changeSettings({ event, chatId }: Placed<'ChatChanged'>, { tx, table }: ApplyContext): Promise<void> {
  const { name = null, historyVisibility = null, joinPolicy = null, by } = event
  await tx.query({
    name: `settings ${table('chats')}`,
    text: `update ${table('chats')} set name = case when $2 then $3 else name end,
             named_by = case when $2 then $6 else named_by end,
             history_visibility = coalesce($4, history_visibility), join_policy = coalesce($5, join_policy),
             always_full = always_full and coalesce($4, 'full') = 'full'
           where id = $1`,
    values: [chatId, 'name' in event, name, historyVisibility, joinPolicy, by],
  })
}

async function setArchived(chatId: string, archivedAt: string | null, { tx, table }: ApplyContext): Promise<void> {
  await tx.query({
    name: `archive ${table('chats')}`,
    text: `update ${table('chats')} set archived_at = $2 where id = $1`,
    values: [chatId, archivedAt],
  })
}

/** The names that the user gave. */
async function eraseNames({ event }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `update ${table('chats')} set name = null where id in (${chatsOf(table)}) and named_by = $1`
  await tx.query(text, [event.userId])
}
