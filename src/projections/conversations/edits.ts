import type { ClientBase, Pool } from 'pg'
import type { MessageDeleted, MessageEdited } from '../../domain/chat/events.js'
import type { Opened } from '../../domain/event.js'
import type { TableName } from '../engine/projection.js'
import type { AtVersion } from './conversation-queries.js'
import { instant, toIso, type Instant } from './instants.js'
import type { Place } from './memberships.js'
import { joinUser } from './users.js'
import { forgetReactions } from './reactions.js'
import { ownChat, rangesInSight } from './visibility.js'
import type { EditView } from './views.js'

/** What edited messages said before, each with the time from which they said it. */
export const editsSchema = (table: TableName): string => `
  create table ${table('edits')} (
    message_id uuid not null,
    version integer not null,
    content text,
    at timestamptz not null,
    primary key (message_id, version)
  );`

/** Its links are others now: their previews are gone. */
export async function applyEdited(
  { messageId, content }: Opened<MessageEdited>,
  { chatId, version, at }: Place,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  await tx.query({
    name: `keep ${table('edits')}`,
    text: `with chat as (update ${table('chats')} set version = $2 where id = $3)
           insert into ${table('edits')} (message_id, version, content, at)
           select id, $2, content, coalesce(edited_at, created_at) from ${table('messages')} where id = $1`,
    values: [messageId, version, chatId],
  })
  await tx.query({
    name: `edit ${table('messages')}`,
    text: `update ${table('messages')} set version = $2, content = $3, edited_at = $4, link_previews = null where id = $1`,
    values: [messageId, version, content, at],
  })
}

/** Nothing is left of what it said. */
export async function applyDeleted(
  { messageId, by }: Opened<MessageDeleted>,
  { chatId, version, at }: Place,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  await forgetReactions(messageId, tx, table)
  await tx.query({
    name: `delete ${table('messages')}`,
    text: `with chat as (update ${table('chats')} set version = $2 where id = $3),
             earlier as (update ${table('edits')} set content = null where message_id = $1)
           update ${table('messages')} set version = $2, content = null, metadata = null, link_previews = null, reactions = null,
             reply_to_id = null, reply_to_seq = null, deleted_at = $4, deleted_by = $5 where id = $1`,
    values: [messageId, version, chatId, at, by],
  })
}

interface EditRow {
  chat_version: number
  content: string | null
  at: Instant
  sender_id: string
  name: string | null
  avatar_url: string | null
}

/** All that it has said, oldest first, up to now; null where the message is not in sight. */
export async function editsInSight(
  pool: Pool,
  table: TableName,
  chatId: string,
  viewer: string,
  messageId: string,
): Promise<AtVersion<EditView[]> | null> {
  const { rows } = await pool.query<EditRow>({
    name: `history ${table('edits')}`,
    text: `select c.version as chat_version, e.content, ${instant('e.at')} as at, m.sender_id, p.name, p.avatar_url
      from ${ownChat(table)}
      join ${table('messages')} m on m.chat_id = c.id and m.id = $3
        and exists (select from ${rangesInSight(table)} s where m.sent_version between s.first and s.last)
      cross join lateral (
        select version, content, at from ${table('edits')} where message_id = m.id
        union all
        select ${2 ** 31 - 1}, m.content, coalesce(m.edited_at, m.created_at)) e
      ${joinUser(table, 'm.sender_id')}
      order by e.version`,
    values: [chatId, viewer, messageId],
  })
  const [first] = rows
  if (first === undefined) return null
  return { version: first.chat_version, answer: rows.map(toEdit) }
}

const toEdit = ({ content, at, sender_id, name, avatar_url }: EditRow): EditView => ({
  content,
  at: toIso(at),
  by: { id: sender_id, name, avatarUrl: avatar_url },
})
