import { isPastRetention } from '../../../domain/retention.js'
import type { TableName } from '../../engine/projection.js'
import { instant, toIso, type Instant } from '../instants.js'
import { chatsOf } from '../memberships/chats-of.js'
import type { ApplyContext, Part, Placed } from '../part.js'
import type { QueryContext } from '../query-context.js'
import type { AtVersion, Cursor, Paged } from '../query-results.js'
import { joinUser, toUserRef } from '../users/join-user.js'
import type { EditView } from '../views.js'
import { isInMonths } from '../retention/retention.js'
import { isVisible, MAX_VERSION, ownChat } from '../visibility/visible-spans.js'
import { renderPage } from './render-page.js'

/** Earlier texts of edited messages, each with the time at which it was written, by the version that replaced it. */
export const editsPart = {
  tables: ['edits'],
  schema: (table: TableName): string => `
    create table ${table('edits')} (
      message_id uuid not null,
      version integer not null,
      content text,
      at timestamptz not null,
      primary key (message_id, version)
    );`,
  apply: { MessageEdited: keepText, MessageDeleted: forgetTexts, UserErased: eraseTexts, MessagesExpired: expireTexts },
} satisfies Part

async function keepText({ event, version }: Placed<'MessageEdited'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query({
    name: `insert ${table('edits')}`,
    text: `insert into ${table('edits')} (message_id, version, content, at)
           select id, $2, content, coalesce(edited_at, created_at) from ${table('messages')} where id = $1`,
    values: [event.messageId, version],
  })
}

async function forgetTexts({ event }: Placed<'MessageDeleted'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `update ${table('edits')} set content = null where message_id = $1`
  await tx.query({ name: `forget ${table('edits')}`, text, values: [event.messageId] })
}

async function eraseTexts({ event }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query(
    `update ${table('edits')} e set content = null from ${table('messages')} m
     where m.chat_id in (${chatsOf(table)}) and m.sender_id = $1 and e.message_id = m.id`,
    [event.userId],
  )
}

async function expireTexts({ event, chatId }: Placed<'MessagesExpired'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query(
    `update ${table('edits')} e set content = null from ${table('messages')} m
     where m.chat_id = $1 and ${isInMonths('m.created_at')} and e.message_id = m.id`,
    [chatId, event.months],
  )
}

interface EditRow {
  chat_version: number
  version: number
  content: string | null
  at: Instant
  sender_id: string
  name: string | null
  avatar_url: string | null
  owner_id: string | null
  retention_days: number | null
  created_at: Instant
}

/** All texts that a message has had, oldest first; null where the viewer may not see it. A page ends before it passes 1 MiB. */
export async function editPage(
  { pool, table, clock }: QueryContext,
  { chatId, messageId, viewer }: { chatId: string; messageId: string; viewer: string },
  limit: number,
  after: Cursor | null,
): Promise<AtVersion<Paged<EditView>> | null> {
  const { rows } = await pool.query<EditRow>({
    name: `history ${table('edits')}`,
    text: `select c.version as chat_version, c.retention_days, ${instant('m.created_at')} as created_at, e.version, e.content, ${instant('e.at')} as at, m.sender_id, p.name, p.avatar_url, p.owner_id
      from ${ownChat(table)}
      join ${table('messages')} m on m.chat_id = c.id and m.id = $3 and ${isVisible(table, 'm.sent_version')}
      cross join lateral (
        (select version, content, at from ${table('edits')} where message_id = m.id and version > $4 order by version limit $5)
        union all
        select ${MAX_VERSION}, m.content, coalesce(m.edited_at, m.created_at)
        order by version limit $5) e
      ${joinUser(table, 'm.sender_id')}
      order by e.version`,
    values: [chatId, viewer, messageId, after ?? 0, limit + 1],
  })
  const [first] = rows
  if (first === undefined) return null
  const isExpired = isPastRetention(toIso(first.created_at), first.retention_days, clock())
  const view = (row: EditRow): EditView => toEdit(isExpired ? { ...row, content: null } : row)
  const { views, to } = await renderPage(rows.slice(0, limit), 0, { view, atMostBytes })
  const next = to < rows.length ? String(rows[to - 1]?.version) : null
  return { version: first.chat_version, answer: { items: views, next } }
}

const atMostBytes = ({ content }: EditView): number => 5_000 + 3 * (content?.length ?? 0)

const toEdit = ({ content, at, sender_id: id, name, avatar_url, owner_id }: EditRow): EditView => ({
  content,
  at: toIso(at),
  by: toUserRef({ id, name, avatar_url, owner_id }),
})
