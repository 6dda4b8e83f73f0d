import type { ChatType, HistoryVisibility, JoinPolicy, Role } from '../../../domain/chat/events.js'
import type { TableName } from '../../engine/projection.js'
import { instant, toIso, type Instant } from '../instants.js'
import { unreadMentions } from '../messages/mentions.js'
import { isHidden, isMuted } from '../reading/own-settings.js'
import { unreadCount } from '../reading/unread-count.js'
import { joinUser } from '../users/join-user.js'
import type { ChatView, SharedChatView } from '../views.js'

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

/** Of the chat `c`, the same for every reader. */
export const SHARED_COLUMNS = `c.id, c.type, c.name, c.created_by, ${instant('c.created_at')} as created_at, ${instant('c.updated_at')} as updated_at,
  ${instant('c.active_at')} as active_at, ${instant('c.archived_at')} as archived_at, c.history_visibility, c.join_policy, c.participant_count, c.last_seq, c.version`

/** What differs from participant to participant, but for the role. */
export interface InboxRow {
  read_seq: number
  unread_count: number
  unread_mentions: number
  muted: boolean
  hidden: boolean
}

/** Of the chat `c` for its participant `me`. */
export const inboxColumns = (table: TableName): string => `me.read_seq, ${unreadCount(table)} as unread_count,
  ${unreadMentions(table)} as unread_mentions, ${isMuted(table)} as muted, ${isHidden(table)} as hidden`

/** A chat as one of its participants sees it. */
export interface OwnChatRow extends ChatRow, InboxRow {
  other_name: string | null
  role: Role
}

/** Of the chat `c` for its participant `me`; a direct chat bears the other user's name, or one's own where there is no other. */
export const ownColumns = (
  table: TableName,
): string => `${SHARED_COLUMNS}, me.role, ${inboxColumns(table)}, case when c.type = 'direct' then (
    select p.name from ${table('memberships')} o ${joinUser(table, 'o.user_id')}
    where o.chat_id = c.id and o.to_version is null order by o.user_id = me.user_id limit 1) end as other_name`

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
  hidden: row.hidden,
  readSeq: row.read_seq,
  unreadCount: row.unread_count,
  unreadMentions: row.unread_mentions,
})
