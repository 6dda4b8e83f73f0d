import type { TableName } from '../../engine/projection.js'

/** A statement that gives the ids of all chats in which the user `$1` takes part or ever did. */
export const chatsOf = (table: TableName): string => `select chat_id from ${table('memberships')} where user_id = $1`
