import type { TableName } from '../../engine/projection.js'
import { isPastRetention } from '../../../domain/retention.js'
import { toIso, type Instant } from '../instants.js'
import { fewParticipants } from '../memberships/participant-columns.js'
import { newestVisible } from '../messages/message-page.js'
import type { QueryContext } from '../query-context.js'
import { toPaged, type Cursor, type Paged } from '../query-results.js'
import { isHidden } from '../reading/own-settings.js'
import { isTimeCursor, timeCursor } from '../time-cursor.js'
import type { ListedChatView, UserRef } from '../views.js'
import { ownColumns, toChat, type OwnChatRow } from './chat-columns.js'

/** A chat in the list: with the newest message that the viewer may see, and some participants. */
interface ListedChatRow extends OwnChatRow {
  last_content: string | null
  last_sender_id: string | null
  last_sender_name: string | null
  last_at: Instant | null
  retention_days: number | null
  participants: UserRef[]
}

export const isChatCursor = isTimeCursor

/**
 * The viewer's chats, latest activity first: those that they hid, or those that they did not. All names in it are those of now: of the
 * chat, of the other user of a direct chat, of the last sender, and of the participants.
 */
export async function chatList(
  { pool, table, clock }: QueryContext,
  viewer: string,
  page: { limit: number; after: Cursor | null; hidden?: boolean },
): Promise<Paged<ListedChatView>> {
  const { limit, after, hidden = false } = page
  const [activeAt, id] = after === null ? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] : after.split('_')
  const { rows } = await pool.query<ListedChatRow>({
    name: `list ${table('chats')}`,
    text: listText(table),
    values: [viewer, activeAt, id, limit + 1, hidden],
  })
  const now = clock()
  return toPaged(
    rows,
    limit,
    (row) => toListedChat(row, now),
    (row) => timeCursor(toIso(row.active_at), row.id),
  )
}

const listText = (table: TableName): string => `
  select ${ownColumns(table)}, c.retention_days, last.*, ${fewParticipants(table, 'me.user_id')} as participants
  from (
    select c.*, me.user_id, me.role, me.read_seq, me.joined_seq
    from ${table('memberships')} me cross join lateral (select * from ${table('chats')} where id = me.chat_id limit 1) c
    where me.user_id = $1 and me.to_version is null and (c.active_at, c.id) < ($2, $3) and ${isHidden(table)} = $5
    order by c.active_at desc, c.id desc limit $4) c
  cross join lateral (select c.user_id, c.role, c.read_seq, c.joined_seq) me
  left join lateral ${newestVisible(table)} last on true
  order by c.active_at desc, c.id desc`

const toListedChat = (row: ListedChatRow, now: Date): ListedChatView => ({
  ...toChat(row),
  lastMessage: isLastExpired(row, now) ? null : row.last_content,
  lastMessageSenderId: row.last_sender_id,
  lastMessageSenderName: row.last_sender_name,
  timestamp: toIso(row.last_at ?? row.created_at),
  participants: row.participants,
})

const isLastExpired = ({ last_at: at, retention_days: days }: ListedChatRow, now: Date): boolean =>
  at !== null && isPastRetention(toIso(at), days, now)
