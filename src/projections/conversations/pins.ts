import type { ClientBase, Pool } from 'pg'
import type { RenderContent } from '../../content/render-content.js'
import type { MessagePinned, MessageUnpinned } from '../../domain/chat/events.js'
import type { Opened } from '../../domain/event.js'
import type { TableName } from '../engine/projection.js'
import type { AtVersion } from './conversation-queries.js'
import { instant, toIso, type Instant } from './instants.js'
import type { Place } from './memberships.js'
import { joinUser } from './users.js'
import { MESSAGE_COLUMNS, messageSender, toMessage, type MessageRow } from './messages.js'
import { quotedInSight } from './replies.js'
import { ownChat, rangesInSight } from './visibility.js'
import type { PinView } from './views.js'

/** At most a hundred a chat, as the decider sees to. */
export const pinsSchema = (table: TableName): string => `
  create table ${table('pins')} (
    chat_id uuid not null,
    message_id uuid not null,
    pinned_by uuid not null,
    pinned_at timestamptz not null,
    version integer not null,
    primary key (chat_id, message_id)
  );`

export async function applyPin(
  event: Opened<MessagePinned | MessageUnpinned>,
  { chatId, version, at }: Place,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  const { messageId, by } = event
  if (event.type === 'MessagePinned')
    await tx.query(
      `insert into ${table('pins')} (chat_id, message_id, pinned_by, pinned_at, version) values ($1, $2, $3, $4, $5)`,
      [chatId, messageId, by, at, version],
    )
  else await tx.query(`delete from ${table('pins')} where chat_id = $1 and message_id = $2`, [chatId, messageId])
  await tx.query({
    name: `pinned ${table('messages')}`,
    text: `with chat as (update ${table('chats')} set version = $2 where id = $3)
           update ${table('messages')} set version = $2 where id = $1`,
    values: [messageId, version, chatId],
  })
}

interface PinRow extends MessageRow {
  chat_version: number
  pinned_by: string
  pinned_by_name: string | null
  pinned_by_avatar_url: string | null
  pinned_at: Instant
}

/** The last pinned first; only messages in sight. */
export async function pinsInSight(
  pool: Pool,
  table: TableName,
  chatId: string,
  viewer: string,
  render: RenderContent,
): Promise<AtVersion<PinView[]> | null> {
  const { rows } = await pool.query<PinRow | { id: null; chat_version: number }>({
    name: `pins ${table('pins')}`,
    text: `select c.version as chat_version, m.pinned_by, ${instant('m.pinned_at')} as pinned_at,
        by.name as pinned_by_name, by.avatar_url as pinned_by_avatar_url, ${MESSAGE_COLUMNS}
      from ${ownChat(table)}
      left join lateral (
        select s.pinned_by, s.pinned_at, m.* from ${table('pins')} s
        join lateral (select * from ${table('messages')} where id = s.message_id limit 1) m on true
        where s.chat_id = c.id
          and exists (select from ${rangesInSight(table)} r where m.sent_version between r.first and r.last)
      ) m on true
      ${messageSender(table)}
      ${quotedInSight(table)}
      ${joinUser(table, 'm.pinned_by', 'by')}
      order by m.pinned_at desc, m.seq desc`,
    values: [chatId, viewer],
  })
  const [first] = rows
  if (first === undefined) return null
  const answer = rows.filter((row): row is PinRow => row.id !== null).map((row) => toPin(row, chatId, render))
  return { version: first.chat_version, answer }
}

const toPin = (row: PinRow, chatId: string, render: RenderContent): PinView => ({
  message: toMessage(row, chatId, render),
  pinnedBy: { id: row.pinned_by, name: row.pinned_by_name, avatarUrl: row.pinned_by_avatar_url },
  pinnedAt: toIso(row.pinned_at),
})
