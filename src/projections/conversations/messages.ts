import type { ClientBase, Pool } from 'pg'
import type { RenderContent } from '../../content/render-content.js'
import type { LinkPreview, LinkPreviewsAdded, MessageSent } from '../../domain/chat/events.js'
import type { JsonObject, Opened } from '../../domain/event.js'
import type { TableName } from '../engine/projection.js'
import type { AtVersion, MessagePage } from './conversation-queries.js'
import { instant, toIso, type Instant } from './instants.js'
import { mentionsIn } from '../../domain/chat/mentions.js'
import type { Place } from './memberships.js'
import { joinUser } from './users.js'
import { quotedForAll, quotedInSight, QUOTED_COLUMNS, toReply, type QuotedRow } from './replies.js'
import { END, ownChat, rangesInSight } from './visibility.js'
import type { MessageView } from './views.js'

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
    reply_to_id uuid,
    reply_to_seq integer,
    content text,
    metadata json,
    link_previews json,
    reactions json,
    edited_at timestamptz,
    deleted_at timestamptz,
    deleted_by uuid,
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
          client_message_id text, type text, reply_to_id uuid, reply_to_seq integer, content text, metadata json, created_at timestamptz, recorded_at timestamptz)
      ), inserted as (
        insert into ${table('messages')} (id, chat_id, seq, version, sent_version, sender_id, client_message_id, type,
          reply_to_id, reply_to_seq, content, metadata, created_at, recorded_at)
        select id, chat_id, seq, version, version, sender_id, client_message_id, type, reply_to_id, reply_to_seq, content, metadata,
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
  reply_to_id: event.replyToId ?? null,
  reply_to_seq: event.replyToSeq ?? null,
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

export interface MessageRow extends QuotedRow {
  id: string
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
  reactions: MessageView['reactions'] | null
  edited_at: Instant | null
  deleted_at: Instant | null
  deleted_by: string | null
  created_at: Instant
  /** Null where it is the same; only an imported message was made at another time. */
  recorded_at: Instant | null
}

export function toMessage(row: MessageRow, chatId: string, render: RenderContent): MessageView {
  const createdAt = toIso(row.created_at)
  return {
    id: row.id,
    chatId,
    seq: row.seq,
    version: row.version,
    sender: { id: row.sender_id, name: row.sender_name, avatarUrl: row.sender_avatar_url },
    clientMessageId: row.client_message_id,
    type: row.type,
    content: row.content,
    contentHtml: row.content === null ? null : render(row.content),
    metadata: row.metadata,
    replyTo: toReply(row),
    reactions: row.reactions ?? [],
    mentions: row.content === null ? [] : mentionsIn(row.content),
    linkPreviews: row.link_previews ?? [],
    createdAt,
    recordedAt: row.recorded_at === null ? createdAt : toIso(row.recorded_at),
    editedAt: row.edited_at === null ? null : toIso(row.edited_at),
    deletedAt: row.deleted_at === null ? null : toIso(row.deleted_at),
    deletedBy: row.deleted_by,
  }
}

/** Of the message `m`, its sender `p`, and the message `q` that it answers. */
export const MESSAGE_COLUMNS = `m.id, m.seq, m.version, m.sender_id, p.name as sender_name, p.avatar_url as sender_avatar_url,
  m.client_message_id, m.type, m.content, m.metadata, m.link_previews, m.reactions, m.deleted_by,
  ${instant('m.edited_at')} as edited_at, ${instant('m.deleted_at')} as deleted_at, ${QUOTED_COLUMNS}, ${instant('m.created_at')} as created_at,
  case when m.recorded_at <> m.created_at then ${instant('m.recorded_at')} end as recorded_at`

export const messageSender = (table: TableName): string => joinUser(table, 'm.sender_id')

/** With the chat's version; a row without a message says that nothing was found, no row that the chat is not the viewer's. */
type FoundRow = { chat_version: number } & (MessageRow | { id: null })

const isMessage = (row: FoundRow): row is MessageRow & { chat_version: number } => row.id !== null

export interface MessageList {
  /** Ascending by seq. */
  messages: MessageView[]
  /** Whether there is more in sight on that side. */
  older: boolean
  newer: boolean
}

/** How many messages are wanted before `seq`, and how many from there on. */
interface Window {
  seq: number
  older: number
  newer: number
}

function windowOf(page: Exclude<MessagePage, { latest: true }>, limit: number): Window {
  if ('before' in page) return { seq: page.before, older: limit, newer: 0 }
  if ('after' in page) return { seq: Math.min(page.after + 1, END), older: 0, newer: limit }
  const older = Math.floor(limit / 2)
  return { seq: page.around, older, newer: limit - older }
}

/** The newest, or oldest, of each range in sight of the chat `c`: an index leads to them, and no others are read. */
const inSight = (table: TableName, order: 'asc' | 'desc', bound: string, most: string): string => `
  select m.* from ${rangesInSight(table)} r cross join lateral (
    select * from ${table('messages')}
    where chat_id = c.id and sent_version between r.first and r.last ${bound}
    order by sent_version ${order} limit ${most}) m`

const pageOf = (table: TableName, start: string, messages: string): string => `
  select c.version as chat_version, ${MESSAGE_COLUMNS} from ${ownChat(table)} ${start}
  left join lateral (${messages}) m on true ${messageSender(table)} ${quotedInSight(table)}`

/** The newest $3 messages at most, descending. */
const latestText = (table: TableName): string =>
  `${pageOf(table, '', inSight(table, 'desc', '', '$3'))} order by m.seq desc limit $3`

/** At most $4 messages before the seq $3, and $5 from there on; descending. */
function windowText(table: TableName): string {
  // seqs and versions ascend together, and ranges are told in versions
  const start = `cross join lateral (select coalesce((
    select sent_version from ${table('messages')} where chat_id = c.id and seq >= $3 order by seq limit 1), ${END}) as version) start`
  const older = inSight(table, 'desc', 'and sent_version < start.version', '$4')
  const newer = inSight(table, 'asc', 'and sent_version >= start.version', '$5')
  const sides = `(${older} order by sent_version desc limit $4) union all (${newer} order by sent_version limit $5)`
  return `${pageOf(table, start, sides)} order by m.seq desc`
}

/** A page of what the viewer may see of one chat. */
export async function messagePage(
  pool: Pool,
  table: TableName,
  chatId: string,
  viewer: string,
  page: MessagePage,
  limit: number,
  render: RenderContent,
): Promise<AtVersion<MessageList> | null> {
  const isLatest = 'latest' in page
  const { seq, older, newer } = isLatest ? { seq: END, older: limit, newer: 0 } : windowOf(page, limit)
  // one more on each side, to know whether there are more
  const { rows } = await pool.query<FoundRow>(
    isLatest
      ? { name: `latest ${table('messages')}`, text: latestText(table), values: [chatId, viewer, older + 1] }
      : {
          name: `window ${table('messages')}`,
          text: windowText(table),
          values: [chatId, viewer, seq, older + 1, newer + 1],
        },
  )
  const [first] = rows
  if (first === undefined) return null
  const found = rows.filter(isMessage).reverse()
  const before = found.filter((row) => row.seq < seq).length
  const shown = found.slice(Math.max(0, before - older), before + newer)
  return {
    version: first.chat_version,
    answer: {
      messages: shown.map((row) => toMessage(row, chatId, render)),
      older: before > older,
      newer: found.length - before > newer,
    },
  }
}

/** The message where it is in sight. */
export async function messageInSight(
  pool: Pool,
  table: TableName,
  chatId: string,
  viewer: string,
  messageId: string,
  render: RenderContent,
): Promise<AtVersion<MessageView> | null> {
  const text = `select c.version as chat_version, ${MESSAGE_COLUMNS}
    from ${ownChat(table)}
    join ${table('messages')} m on m.chat_id = c.id and m.id = $3
      and exists (select from ${rangesInSight(table)} r where m.sent_version between r.first and r.last)
    ${messageSender(table)} ${quotedInSight(table)}`
  const { rows } = await pool.query<MessageRow & { chat_version: number }>({
    name: `one ${table('messages')}`,
    text,
    values: [chatId, viewer, messageId],
  })
  return rows[0] === undefined ? null : { version: rows[0].chat_version, answer: toMessage(rows[0], chatId, render) }
}

/** Messages of one chat by id, whoever looks. */
export async function messagesById(
  tx: ClientBase,
  table: TableName,
  chatId: string,
  messageIds: readonly string[],
  render: RenderContent,
): Promise<Map<string, MessageView>> {
  const text = `select ${MESSAGE_COLUMNS} from ${table('chats')} c join ${table('messages')} m on m.chat_id = c.id ${messageSender(table)} ${quotedForAll(table)}
    where c.id = $1 and m.id = any($2::uuid[])`
  const { rows } = await tx.query<MessageRow>({ name: `some ${table('messages')}`, text, values: [chatId, messageIds] })
  return new Map(rows.map((row) => [row.id, toMessage(row, chatId, render)]))
}

/** What a list of chats shows of the newest message that `me` may see of the chat `c`: found first, and only then joined to its sender. */
export const newestInSight = (table: TableName): string => `(
  select m.content as last_content, m.sender_id as last_sender_id, p.name as last_sender_name, ${instant('m.created_at')} as last_at
  from (${inSight(table, 'desc', '', '1')} order by sent_version desc limit 1) m
  ${joinUser(table, 'm.sender_id')})`
