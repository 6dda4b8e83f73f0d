import type { TableName } from '../../engine/projection.js'
import { instant, toIso, type Instant } from '../instants.js'
import type { ApplyContext, Part, Placed } from '../part.js'
import type { QueryContext } from '../query-context.js'
import type { AtVersion, Cursor, Paged } from '../query-results.js'
import { joinUser } from '../users/join-user.js'
import type { PinView } from '../views.js'
import { isVisible, MAX_VERSION, ownChat } from '../visibility/visible-spans.js'
import { MESSAGE_COLUMNS, messageSender, toMessage, type MessageRow } from './message-view.js'
import { messageBytesAtMost } from './message-bytes.js'
import { renderPage } from './render-page.js'
import { quotedIfVisible } from './replies.js'

/** At most a hundred a chat, by a rule of the chat. */
export const pinsPart = {
  tables: ['pins'],
  schema: (table: TableName): string => `
    create table ${table('pins')} (
      chat_id uuid not null,
      message_id uuid not null,
      pinned_by uuid not null,
      pinned_at timestamptz not null,
      version integer not null,
      primary key (chat_id, message_id)
    );`,
  apply: { MessagePinned: pin, MessageUnpinned: unpin },
} satisfies Part

async function pin(
  { event: { messageId, by }, chatId, version, at }: Placed<'MessagePinned'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  await tx.query({
    name: `insert ${table('pins')}`,
    text: `insert into ${table('pins')} (chat_id, message_id, pinned_by, pinned_at, version) values ($1, $2, $3, $4, $5)`,
    values: [chatId, messageId, by, at, version],
  })
}

async function unpin({ event, chatId }: Placed<'MessageUnpinned'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `delete from ${table('pins')} where chat_id = $1 and message_id = $2`
  await tx.query({ name: `delete ${table('pins')}`, text, values: [chatId, event.messageId] })
}

interface PinRow extends MessageRow {
  chat_version: number
  pin_version: number
  pinned_by: string
  pinned_by_name: string | null
  pinned_by_avatar_url: string | null
  pinned_by_is_bot: boolean
  pinned_at: Instant
}

export const isPinCursor = (cursor: string): boolean => /^\d{1,9}$/.test(cursor)

/** The last pinned first; only messages that the viewer may see. A page ends before it passes 1 MiB of JSON. */
export async function visiblePins(
  context: QueryContext,
  chatId: string,
  viewer: string,
  limit: number,
  after: Cursor | null,
): Promise<AtVersion<Paged<PinView>> | null> {
  const { pool, table } = context
  const { rows } = await pool.query<PinRow | { id: null; chat_version: number }>({
    name: `list ${table('pins')}`,
    text: `select c.version as chat_version, m.pin_version, m.pinned_by, ${instant('m.pinned_at')} as pinned_at,
        by.name as pinned_by_name, by.avatar_url as pinned_by_avatar_url, by.owner_id is not null as pinned_by_is_bot, ${MESSAGE_COLUMNS}
      from ${ownChat(table)}
      left join lateral (
        select s.version as pin_version, s.pinned_by, s.pinned_at, m.* from ${table('pins')} s
        join lateral (select * from ${table('messages')} where id = s.message_id limit 1) m on true
        where s.chat_id = c.id and s.version < $3 and ${isVisible(table, 'm.sent_version')}
        order by s.version desc limit $4
      ) m on true
      ${messageSender(table)}
      ${quotedIfVisible(table)}
      ${joinUser(table, 'm.pinned_by', 'by')}
      order by m.pin_version desc`,
    values: [chatId, viewer, after ?? MAX_VERSION, limit + 1],
  })
  const [first] = rows
  if (first === undefined) return null
  const toPin = (row: PinRow): PinView => ({
    message: toMessage(row, chatId, context),
    pinnedBy: {
      id: row.pinned_by,
      name: row.pinned_by_name,
      avatarUrl: row.pinned_by_avatar_url,
      isBot: row.pinned_by_is_bot,
    },
    pinnedAt: toIso(row.pinned_at),
  })
  const pinned = rows.filter((row): row is PinRow => row.id !== null)
  const atMostBytes = ({ message }: PinView): number => 5_000 + messageBytesAtMost(message)
  const { views, to } = await renderPage(pinned.slice(0, limit), 0, { view: toPin, atMostBytes })
  const next = to < pinned.length ? String(pinned[to - 1]?.pin_version) : null
  return { version: first.chat_version, answer: { items: views, next } }
}
