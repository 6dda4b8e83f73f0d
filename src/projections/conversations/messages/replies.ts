import { excerptOf } from '../../../content/cut-text.js'
import type { TableName } from '../../engine/projection.js'
import { instant, type Instant } from '../instants.js'
import { joinUser } from '../users/join-user.js'
import type { MessageView } from '../views.js'
import { isVisible } from '../visibility/visible-spans.js'

/** Of the quoted message, this much is shown; in code points. */
const MAX_QUOTED = 140

/** Of the message `m` that answers another: what is known of that one. */
export interface QuotedRow {
  reply_to_id: string | null
  reply_to_seq: number | null
  quoted_sender_name: string | null
  quoted_content: string | null
  quoted_at: Instant | null
}

export const QUOTED_COLUMNS = `m.reply_to_id, m.reply_to_seq, q.sender_name as quoted_sender_name, q.content as quoted_content,
  ${instant('q.created_at')} as quoted_at`

/** The message `q` that `m` answers, as it is now, where `condition` holds for it; a deleted one has nothing to show. */
const quoted = (table: TableName, condition: string): string => `
  left join lateral (
    select qp.name as sender_name, q.content, q.created_at from (
      select * from ${table('messages')} where id = m.reply_to_id limit 1) q
    ${joinUser(table, 'q.sender_id', 'qp')}
    where q.deleted_at is null and ${condition}) q on m.reply_to_id is not null`

/** Where `me` may see it of the chat `c`. */
export const quotedIfVisible = (table: TableName): string => quoted(table, isVisible(table, 'q.sent_version'))

/** The same for every reader: in a chat `c` where nothing was ever hidden from anyone. */
export const quotedForAll = (table: TableName): string => quoted(table, 'c.always_full')

/** For auditors, who see every message. */
export const quotedForAuditors = (table: TableName): string => quoted(table, 'true')

export const toReply = (row: QuotedRow): MessageView['replyTo'] =>
  row.reply_to_id === null
    ? null
    : {
        id: row.reply_to_id,
        seq: row.reply_to_seq ?? 0,
        senderName: row.quoted_sender_name,
        excerpt: row.quoted_content === null ? null : excerptOf(row.quoted_content.replace(/\s+/g, ' '), MAX_QUOTED),
      }
