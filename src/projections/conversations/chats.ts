import type { ClientBase, Pool } from 'pg'
import type { ChatCreated, ChatType, HistoryVisibility, JoinPolicy, Role } from '../../domain/chat/events.js'
import type { Opened } from '../../domain/event.js'
import { visibleRanges } from '../../domain/visibility.js'
import type { Position } from '../../eventstore/event-log.js'
import type { TableName } from '../engine/projection.js'
import type { Cursor, ChatMembership } from './conversation-queries.js'
import { toSettings } from './full-spans.js'
import { instant, toIso, type Instant } from './instants.js'
import { fewParticipants, participantsAfter, toMemberships, type ParticipantRow, type Place } from './memberships.js'
import { newestInSight } from './messages.js'
import { joinUser } from './users.js'
import { isHidden, isMuted } from './own-settings.js'
import { unreadCount } from './reading.js'
import { ownChat } from './visibility.js'
import { isTimeCursor, timeCursor } from './time-cursor.js'
import type { ChatView, ListedChatView, UserRef, SharedChatView } from './views.js'

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
    always_full boolean not null default true,
    archived_at timestamptz,
    participant_count integer not null,
    last_seq integer not null,
    version integer not null
  ) with (fillfactor = 80);`

export async function applyCreated(event: Opened<ChatCreated>, where: Place, tx: ClientBase, table: TableName) {
  await tx.query(
    `insert into ${table('chats')} (id, type, name, created_by, created_at, updated_at, active_at,
       history_visibility, join_policy, participant_count, last_seq, version, always_full)
     values ($1, $2, $3, $4, $5, $5, $5, $6, $7, $8, 0, $9, $6 = 'full')`,
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
  created_at: Instant
  updated_at: Instant
  active_at: Instant
  archived_at: Instant | null
  history_visibility: HistoryVisibility
  join_policy: JoinPolicy
  participant_count: number
  last_seq: number
  version: number
}

/** Of the chat `c`, whoever looks. */
export const SHARED_COLUMNS = `c.id, c.type, c.name, c.created_by, ${instant('c.created_at')} as created_at, ${instant('c.updated_at')} as updated_at,
  ${instant('c.active_at')} as active_at, ${instant('c.archived_at')} as archived_at, c.history_visibility, c.join_policy, c.participant_count, c.last_seq, c.version`

/** A chat as one of its participants has it. */
export interface OwnChatRow extends ChatRow {
  other_name: string | null
  role: Role
  read_seq: number
  unread_count: number
  muted: boolean
}

/** Of the chat `c` for its participant `me`; a direct chat has the other's name. */
const ownColumns = (
  table: TableName,
): string => `${SHARED_COLUMNS}, me.role, me.read_seq, ${unreadCount(table)}, ${isMuted(table)} as muted, case when c.type = 'direct' then (
    select p.name from ${table('memberships')} o ${joinUser(table, 'o.user_id')}
    where o.chat_id = c.id and o.user_id <> me.user_id and o.to_version is null limit 1) end as other_name`

/** With its first participants. */
export async function ownChatRow(
  pool: Pool,
  table: TableName,
  chatId: string,
  viewer: string,
  participants: number,
): Promise<(OwnChatRow & { participants: ParticipantRow[] }) | null> {
  const { rows } = await pool.query<OwnChatRow & { participants: ParticipantRow[] }>({
    name: `own ${table('chats')}`,
    text: `select ${ownColumns(table)}, ${participantsAfter(table, '0', '-1', '$3')} as participants from ${ownChat(table)}`,
    values: [chatId, viewer, participants],
  })
  return rows[0] ?? null
}

/** As a list shows it: with the newest message in sight, and some who take part. */
export interface ListedChatRow extends OwnChatRow {
  last_content: string | null
  last_sender_id: string | null
  last_sender_name: string | null
  last_at: Instant | null
  participants: UserRef[]
}

/** Latest activity first; one more than `limit`, to know whether there are more. */
export async function latestOwnChatRows(
  pool: Pool,
  table: TableName,
  viewer: string,
  limit: number,
  after: Cursor | null,
): Promise<ListedChatRow[]> {
  const [activeAt, id] = after === null ? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] : after.split('_')
  const text = `select ${ownColumns(table)}, last.*, ${fewParticipants(table, 'me.user_id')} as participants
    from (
      select c.*, me.user_id, me.role, me.read_seq
      from ${table('memberships')} me cross join lateral (select * from ${table('chats')} where id = me.chat_id limit 1) c
      where me.user_id = $1 and me.to_version is null and (c.active_at, c.id) < ($2, $3) and not ${isHidden(table)}
      order by c.active_at desc, c.id desc limit $4) c
    cross join lateral (select c.user_id, c.role, c.read_seq) me
    left join lateral ${newestInSight(table)} last on true
    order by c.active_at desc, c.id desc`
  const { rows } = await pool.query<ListedChatRow>({
    name: `latest own ${table('chats')}`,
    text,
    values: [viewer, activeAt, id, limit + 1],
  })
  return rows
}

/** A chat, in which spans someone took part in it, and in which its history was open to who would come. */
interface AccountStatusRow {
  id: string
  last_seq: number
  version: number
  read_seq: number
  unread_count: number
  muted: boolean
  froms: number[]
  tos: (number | null)[]
  full_froms: number[]
  full_tos: (number | null)[]
}

/** Of the chat `c` for its participant `me`. */
const standingColumns = (
  table: TableName,
): string => `c.id, c.last_seq, c.version, me.read_seq, ${unreadCount(table)}, ${isMuted(table)} as muted,
    array(select from_version from ${spansOf(table)}) as froms, array(select to_version from ${spansOf(table)}) as tos,
    case when c.always_full then array[1] else array(select from_version from ${fullSpansOf(table)}) end as full_froms,
    case when c.always_full then array[null::integer] else array(select to_version from ${fullSpansOf(table)}) end as full_tos`

const spansOf = (table: TableName): string =>
  `${table('memberships')} where chat_id = c.id and user_id = me.user_id order by from_version`

const fullSpansOf = (table: TableName): string => `${table('full_spans')} where chat_id = c.id order by from_version`

export async function accountStatusOf(
  pool: Pool,
  table: TableName,
  chatId: string,
  viewer: string,
): Promise<ChatMembership | null> {
  const { rows } = await pool.query<AccountStatusRow>({
    name: `chatMembership ${table('chats')}`,
    text: `select ${standingColumns(table)} from ${ownChat(table)}`,
    values: [chatId, viewer],
  })
  return rows[0] === undefined ? null : toAccountStatus(rows[0])
}

/** One statement, and so one snapshot, for the chats and the checkpoint. */
export async function chatMembershipsOf(pool: Pool, table: TableName, checkpoint: string, viewer: string) {
  const { rows } = await pool.query<(AccountStatusRow | { id: null }) & { position: Position }>({
    name: `chatMemberships ${table('chats')}`,
    text: `select p.position, own.* from (${checkpoint}) p left join (
             select ${standingColumns(table)}
             from ${table('memberships')} me cross join lateral (select * from ${table('chats')} where id = me.chat_id limit 1) c
             where me.user_id = $1 and me.to_version is null) own on true
           order by own.id`,
    values: [viewer],
  })
  const chats = rows.flatMap((row) => (row.id === null ? [] : [toAccountStatus(row)]))
  return { chats, checkpoint: rows[0]?.position ?? '' }
}

export const chatCursor = ({ active_at, id }: ChatRow): Cursor => timeCursor(toIso(active_at), id)

export const isChatCursor = isTimeCursor

export const toSharedChat = (row: ChatRow): SharedChatView => ({
  id: row.id,
  type: row.type,
  name: row.type === 'direct' ? null : row.name,
  createdBy: row.created_by,
  createdAt: toIso(row.created_at),
  updatedAt: toIso(row.updated_at),
  archivedAt: row.archived_at === null ? null : toIso(row.archived_at),
  historyVisibility: row.history_visibility,
  joinPolicy: row.join_policy,
  participantCount: row.participant_count,
  lastSeq: row.last_seq,
  version: row.version,
})

export const toChat = (row: OwnChatRow): ChatView => ({
  ...toSharedChat(row),
  name: row.type === 'direct' ? row.other_name : row.name,
  myRole: row.role,
  muted: row.muted,
  readSeq: row.read_seq,
  unreadCount: row.unread_count,
})

export const toListedChat = (row: ListedChatRow): ListedChatView => ({
  ...toChat(row),
  lastMessage: row.last_content,
  lastMessageSenderId: row.last_sender_id,
  lastMessageSenderName: row.last_sender_name,
  timestamp: toIso(row.last_at ?? row.created_at),
  participants: row.participants,
})

const toAccountStatus = (row: AccountStatusRow): ChatMembership => ({
  chatId: row.id,
  version: row.version,
  lastSeq: row.last_seq,
  readSeq: row.read_seq,
  unreadCount: row.unread_count,
  muted: row.muted,
  ranges: visibleRanges(toMemberships(row.froms, row.tos), toSettings(row.full_froms, row.full_tos)),
})

/** A chat with some who take part in it, whoever looks. */
export async function sharedChat(tx: ClientBase, table: TableName, chatId: string) {
  const { rows } = await tx.query<ChatRow & { participants: UserRef[] }>({
    name: `shared ${table('chats')}`,
    text: `select ${SHARED_COLUMNS}, ${fewParticipants(table, 'null')} as participants from ${table('chats')} c where c.id = $1`,
    values: [chatId],
  })
  return rows[0] === undefined ? null : { chat: toSharedChat(rows[0]), chatParticipants: rows[0].participants }
}
