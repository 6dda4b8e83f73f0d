import type { ClientBase } from 'pg'
import type { ChatChanged } from '../../domain/chat/events.js'
import type { Opened } from '../../domain/event.js'
import type { TableName } from '../engine/projection.js'
import type { Place } from './memberships.js'

/** What a chat is called and how one comes into it. A name whose key was destroyed is null. */
export async function applySettings(event: Opened<ChatChanged>, where: Place, tx: ClientBase, table: TableName) {
  const { name = null, historyVisibility = null, joinPolicy = null } = event
  await tx.query({
    name: `settings ${table('chats')}`,
    text: `update ${table('chats')} set version = $2, updated_at = $3, name = case when $4 then $5 else name end,
             history_visibility = coalesce($6, history_visibility), join_policy = coalesce($7, join_policy),
             always_full = always_full and coalesce($6, 'full') = 'full'
           where id = $1`,
    values: [where.chatId, where.version, where.at, 'name' in event, name, historyVisibility, joinPolicy],
  })
}

export async function applyArchived(isArchived: boolean, where: Place, tx: ClientBase, table: TableName) {
  await tx.query({
    name: `archive ${table('chats')}`,
    text: `update ${table('chats')} set version = $2, updated_at = $3, archived_at = case when $4 then $3::timestamptz end
           where id = $1`,
    values: [where.chatId, where.version, where.at, isArchived],
  })
}
