import type { TableName } from '../../engine/projection.js'
import { visibleSpans } from '../visibility/visible-spans.js'

export const MAX_UNREAD = 999

/**
 * Whether `me` may see every message of the chat `c` above their read marker: nobody hides anything in it, or the marker is not below what
 * they joined with. Only who set it back on purpose may have more to look at.
 */
export const seesAllUnread = '(c.always_full or me.read_seq >= me.joined_seq)'

/** How many messages of the chat `c` are above the marker of `me`, visible to them and not deleted; 999 at most. */
export const unreadCount = (table: TableName): string => `
  case when ${seesAllUnread} then least(${MAX_UNREAD}, c.last_seq - me.read_seq - (
    select count(*)::integer from ${table('deleted_seqs')} where chat_id = c.id and seq > me.read_seq))
  else (select count(*)::integer from (
    select from ${visibleSpans(table)} v cross join lateral (
      select from ${table('messages')} where chat_id = c.id and sent_version between v.first and v.last
        and sent_version > coalesce((select sent_version from ${table('messages')} where chat_id = c.id and seq = me.read_seq), 0)
        and deleted_at is null order by sent_version desc limit ${MAX_UNREAD}) unread
    limit ${MAX_UNREAD}) counted) end`
