import type { ClientBase } from 'pg'
import type { ChatCreated, ChatType, HistoryVisibility, JoinPolicy, Role } from '../../domain/chat/events.js'
import type { Opened } from '../../domain/event.js'
import { visibleRanges, type VersionRange } from '../../domain/visibility.js'
import type { TableName } from '../projection.js'
import type { Cursor, ChatStanding } from './conversation-queries.js'
import { toMemberships, type Place } from './memberships.js'
import type { ChatView, SharedChatView } from './views.js'

const MOST_UNREAD = 999

export const chatsSchema = (table: TableName): string => `
  create table ${table('chats')} (
    id uuid primary key,
    type text not null,
    name text,
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    active_at timestamptz not null,
    history_visibility text not null,
    join_policy text not null,
    participant_count integer not null,
    last_seq integer not null,
    version integer not null
  ) with (fillfactor = 80);`

export async function applyCreated(event: Opened<ChatCreated>, where: Place, tx: ClientBase, table: TableName) {
  await tx.query(
    `insert into ${table('chats')} (id, type, name, created_by, created_at, updated_at, active_at,
       history_visibility, join_policy, participant_count, last_seq, version)
     values ($1, $2, $3, $4, $5, $5, $5, $6, $7, $8, 0, $9)`,
    [
      where.chatId,
      event.chatType,
      event.name,
      event.createdBy,
      where.at,
      event.historyVisibility,
      event.joinPolicy,
      event.participants.length,
      where.version,
    ],
  )
}

/** Every event but a message: `joined` more participants (fewer where negative). */
export async function applyChange(joined: number, { chatId, version, at }: Place, tx: ClientBase, table: TableName) {
  await tx.query({
    name: `change ${table('chats')}`,
    text: `update ${table('chats')} set participant_count = participant_count + $2, version = $3, updated_at = $4
           where id = $1`,
    values: [chatId, joined, version, at],
  })
}

export interface ChatRow {
  id: string
  type: ChatType
  name: string | null
  created_by: string
  created_at: Date
  updated_at: Date
  active_at: Date
  history_visibility: HistoryVisibility
  join_policy: JoinPolicy
  participant_count: number
  last_seq: number
  version: number
}

/** A chat as one of its participants has it. */
export interface OwnChatRow extends ChatRow {
  other_name: string | null
  role: Role
  read_seq: number
  froms: number[]
  tos: (number | null)[]
}

/** The viewer's chats, with their own spans; a direct chat has the other's name. Parameters: $1 viewer. */
const ownChats = (table: TableName): string => `
  select c.*, me.role, me.read_seq, span.froms, span.tos, other.name as other_name
  from ${table('memberships')} me
  join ${table('chats')} c on c.id = me.chat_id
  cross join lateral (
    select array_agg(s.from_version order by s.from_version) as froms, array_agg(s.to_version order by s.from_version) as tos
    from ${table('memberships')} s where s.chat_id = me.chat_id and s.user_id = me.user_id) span
  left join lateral (
    select p.name from ${table('memberships')} o join ${table('people')} p on p.id = o.user_id
    where c.type = 'direct' and o.chat_id = c.id and o.user_id <> me.user_id and o.to_version is null limit 1) other on true
  where me.user_id = $1 and me.to_version is null`

export async function ownChatRow(
  tx: ClientBase,
  table: TableName,
  chatId: string,
  viewer: string,
): Promise<OwnChatRow | null> {
  const text = `${ownChats(table)} and me.chat_id = $2`
  const { rows } = await tx.query<OwnChatRow>({ name: `own ${table('chats')}`, text, values: [viewer, chatId] })
  return rows[0] ?? null
}

export async function allOwnChatRows(tx: ClientBase, table: TableName, viewer: string): Promise<OwnChatRow[]> {
  const text = `${ownChats(table)} order by c.id`
  return (await tx.query<OwnChatRow>({ name: `all own ${table('chats')}`, text, values: [viewer] })).rows
}

/** Latest activity first; one more than `limit`, to know whether there are more. */
export async function latestOwnChatRows(
  tx: ClientBase,
  table: TableName,
  viewer: string,
  limit: number,
  after: Cursor | null,
): Promise<OwnChatRow[]> {
  const [activeAt, id] = after === null ? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] : after.split('_')
  const text = `${ownChats(table)} and (c.active_at, c.id) < ($2, $3) order by c.active_at desc, c.id desc limit $4`
  const { rows } = await tx.query<OwnChatRow>({
    name: `latest own ${table('chats')}`,
    text,
    values: [viewer, activeAt, id, limit + 1],
  })
  return rows
}

export const chatCursor = ({ active_at, id }: ChatRow): Cursor => `${active_at.toISOString()}_${id}`

export const isChatCursor = (cursor: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)

export const rangesOf = ({ froms, tos, history_visibility: visibility }: OwnChatRow): VersionRange[] =>
  visibleRanges(toMemberships(froms, tos), [{ fromVersion: 1, visibility }])

export const toSharedChat = (row: ChatRow): SharedChatView => ({
  id: row.id,
  type: row.type,
  name: row.type === 'direct' ? null : row.name,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  archivedAt: null,
  historyVisibility: row.history_visibility,
  joinPolicy: row.join_policy,
  participantCount: row.participant_count,
  lastSeq: row.last_seq,
  version: row.version,
})

const unreadOf = ({ last_seq, read_seq }: OwnChatRow): number => Math.min(MOST_UNREAD, last_seq - read_seq)

export const toChat = (row: OwnChatRow): ChatView => ({
  ...toSharedChat(row),
  name: row.type === 'direct' ? row.other_name : row.name,
  myRole: row.role,
  muted: false,
  readSeq: row.read_seq,
  unreadCount: unreadOf(row),
})

export const toStanding = (row: OwnChatRow): ChatStanding => ({
  chatId: row.id,
  version: row.version,
  lastSeq: row.last_seq,
  readSeq: row.read_seq,
  unreadCount: unreadOf(row),
  muted: false,
  ranges: rangesOf(row),
})
