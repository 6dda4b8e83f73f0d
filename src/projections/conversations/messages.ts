import type { ClientBase } from 'pg'
import type { RenderContent } from '../../content/render-content.js'
import type { LinkPreview, LinkPreviewsAdded, MessageSent } from '../../domain/chat/events.js'
import type { JsonObject, Opened } from '../../domain/event.js'
import type { VersionRange } from '../../domain/visibility.js'
import type { TableName } from '../projection.js'
import type { MessagePage } from './conversation-queries.js'
import type { Place } from './memberships.js'
import type { MessageView } from './views.js'

const END = 2 ** 31 - 1

export const messagesSchema = (table: TableName): string => `
  create table ${table('messages')} (
    id uuid primary key,
    chat_id uuid not null,
    seq integer not null,
    version integer not null,
    sent_version integer not null,
    sender_id uuid not null,
    client_message_id text,
    type text not null,
    content text,
    metadata json,
    link_previews json,
    created_at timestamptz not null,
    recorded_at timestamptz not null,
    unique (chat_id, seq)
  );
  create unique index on ${table('messages')} (chat_id, sent_version);`

export type SentMessage = { event: Opened<MessageSent>; recordedAt: string } & Place

/** All that came together, of whichever chats, in one statement: the rows, the chats' last seq, and the senders' own reading. */
export async function applySent(messages: readonly SentMessage[], tx: ClientBase, table: TableName): Promise<void> {
  await tx.query({
    name: `insert ${table('messages')}`,
    text: `
      with sent as (
        select * from json_to_recordset($1) as row(id uuid, chat_id uuid, seq integer, version integer, sender_id uuid,
          client_message_id text, type text, content text, metadata json, created_at timestamptz, recorded_at timestamptz)
      ), inserted as (
        insert into ${table('messages')} (id, chat_id, seq, version, sent_version, sender_id, client_message_id, type,
          content, metadata, created_at, recorded_at)
        select id, chat_id, seq, version, version, sender_id, client_message_id, type, content, metadata,
          created_at, recorded_at from sent
      ), chat as (
        update ${table('chats')} c set last_seq = l.seq, version = l.version, active_at = greatest(c.active_at, l.created_at)
        from (select chat_id, max(seq) as seq, max(version) as version, max(created_at) as created_at
              from sent group by chat_id) l
        where c.id = l.chat_id
      )
      update ${table('memberships')} m set read_seq = greatest(m.read_seq, l.seq)
      from (select chat_id, sender_id, max(seq) as seq from sent group by chat_id, sender_id) l
      where m.chat_id = l.chat_id and m.user_id = l.sender_id and m.to_version is null`,
    values: [JSON.stringify(messages.map(toRow))],
  })
}

const toRow = ({ event, chatId, version, at, recordedAt }: SentMessage) => ({
  id: event.messageId,
  chat_id: chatId,
  seq: event.seq,
  version,
  sender_id: event.senderId,
  client_message_id: event.clientMessageId,
  type: event.messageType,
  content: event.content,
  metadata: event.metadata,
  created_at: at,
  recorded_at: recordedAt,
})

/** Also the chat's version, as with every event of its stream. */
export async function applyLinkPreviews(
  { messageId, previews }: Opened<LinkPreviewsAdded>,
  { chatId, version }: Place,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  await tx.query({
    name: `preview ${table('messages')}`,
    text: `with chat as (update ${table('chats')} set version = $3 where id = $2)
           update ${table('messages')} set link_previews = $4, version = $3 where id = $1`,
    values: [messageId, chatId, version, previews === null ? null : JSON.stringify(previews)],
  })
}

interface MessageRow {
  id: string
  chat_id: string
  seq: number
  version: number
  sender_id: string
  sender_name: string | null
  sender_avatar_url: string | null
  client_message_id: string | null
  type: string
  content: string | null
  metadata: JsonObject | null
  link_previews: LinkPreview[] | null
  created_at: Date
  recorded_at: Date
}

const toMessage = (row: MessageRow, render: RenderContent): MessageView => ({
  id: row.id,
  chatId: row.chat_id,
  seq: row.seq,
  version: row.version,
  sender: { id: row.sender_id, name: row.sender_name, avatarUrl: row.sender_avatar_url },
  clientMessageId: row.client_message_id,
  type: row.type,
  content: row.content,
  contentHtml: row.content === null ? null : render(row.content),
  metadata: row.metadata,
  replyTo: null,
  reactions: [],
  mentions: [],
  linkPreviews: row.link_previews ?? [],
  createdAt: row.created_at.toISOString(),
  recordedAt: row.recorded_at.toISOString(),
  editedAt: null,
  deletedAt: null,
  deletedBy: null,
})

const withSender = (table: TableName): string =>
  `select m.*, p.name as sender_name, p.avatar_url as sender_avatar_url
   from ${table('messages')} m left join ${table('people')} p on p.id = m.sender_id`

/** Ranges as two parameters; what has no end ends at the largest version there is. */
const bounds = (ranges: readonly VersionRange[]) => [
  ranges.map(([from]) => from),
  ranges.map(([, to]) => Math.min(to, END)),
]

const IN_SIGHT = `exists (select from unnest($2::integer[], $3::integer[]) as r(first, last)
  where m.sent_version between r.first and r.last)`

export interface MessageList {
  /** Ascending by seq. */
  messages: MessageView[]
  /** Whether there is more in sight on that side. */
  older: boolean
  newer: boolean
}

/** A page of what is in sight of one chat. */
export async function messagePage(
  tx: ClientBase,
  table: TableName,
  chatId: string,
  ranges: readonly VersionRange[],
  page: MessagePage,
  limit: number,
  render: RenderContent,
): Promise<MessageList> {
  const side = async (direction: 'older' | 'newer', from: number, most: number) => {
    const text = `${withSender(table)} where m.chat_id = $1 and ${IN_SIGHT}
      and m.seq ${direction === 'older' ? '<' : '>'} $4 order by m.seq ${direction === 'older' ? 'desc' : 'asc'} limit $5`
    const { rows } = await tx.query<MessageRow>({
      name: `${direction} ${table('messages')}`,
      text,
      values: [chatId, ...bounds(ranges), from, most],
    })
    return rows.map((row) => toMessage(row, render))
  }
  const older = async (before: number, most: number) => {
    const found = await side('older', before, most + 1)
    return { messages: found.slice(0, most).reverse(), more: found.length > most }
  }
  const newer = async (after: number, most: number) => {
    const found = await side('newer', after, most + 1)
    return { messages: found.slice(0, most), more: found.length > most }
  }
  const isAny = async (direction: 'older' | 'newer', from: number) => (await side(direction, from, 1)).length > 0

  if ('latest' in page || 'before' in page) {
    const before = 'before' in page ? page.before : END
    const { messages, more } = await older(before, limit)
    return { messages, older: more, newer: 'before' in page && (await isAny('newer', before - 1)) }
  }
  if ('after' in page) {
    const { messages, more } = await newer(page.after, limit)
    return { messages, older: await isAny('older', page.after + 1), newer: more }
  }
  const half = Math.floor(limit / 2)
  const before = await older(page.around, half)
  const from = await newer(page.around - 1, limit - half)
  return { messages: [...before.messages, ...from.messages], older: before.more, newer: from.more }
}

/** The message where it is in sight. */
export async function messageInSight(
  tx: ClientBase,
  table: TableName,
  chatId: string,
  ranges: readonly VersionRange[],
  messageId: string,
  render: RenderContent,
): Promise<MessageView | null> {
  const text = `${withSender(table)} where m.chat_id = $1 and ${IN_SIGHT} and m.id = $4`
  const { rows } = await tx.query<MessageRow>({
    name: `one ${table('messages')}`,
    text,
    values: [chatId, ...bounds(ranges), messageId],
  })
  return rows[0] === undefined ? null : toMessage(rows[0], render)
}

/** Messages of one chat by id, whoever looks. */
export async function messagesById(
  tx: ClientBase,
  table: TableName,
  chatId: string,
  messageIds: readonly string[],
  render: RenderContent,
): Promise<Map<string, MessageView>> {
  const text = `${withSender(table)} where m.chat_id = $1 and m.id = any($2::uuid[])`
  const { rows } = await tx.query<MessageRow>({ name: `some ${table('messages')}`, text, values: [chatId, messageIds] })
  return new Map(rows.map((row) => [row.id, toMessage(row, render)]))
}

/** The last message in sight of each chat. */
export async function lastMessages(
  tx: ClientBase,
  table: TableName,
  chats: readonly { chatId: string; ranges: readonly VersionRange[] }[],
  render: RenderContent,
): Promise<Map<string, MessageView>> {
  const spans = chats.flatMap(({ chatId, ranges }) => ranges.map(([from, to]) => ({ chatId, from, to })))
  const text = `
    select last.* from unnest($1::uuid[], $2::integer[], $3::integer[]) as s(chat_id, first, last)
    cross join lateral (${withSender(table)} where m.chat_id = s.chat_id and m.sent_version between s.first and s.last
      order by m.sent_version desc limit 1) last
    order by last.seq`
  const { rows } = await tx.query<MessageRow>({
    name: `last ${table('messages')}`,
    text,
    values: [
      spans.map(({ chatId }) => chatId),
      spans.map(({ from }) => from),
      spans.map(({ to }) => Math.min(to, END)),
    ],
  })
  return new Map(rows.map((row) => [row.chat_id, toMessage(row, render)]))
}
