import type { LinkPreview } from '../../../domain/chat/events.js'
import type { JsonObject } from '../../../domain/event.js'
import type { TableName } from '../../engine/projection.js'
import { instant, toIso, type Instant } from '../instants.js'
import { joinUser } from '../users/join-user.js'
import type { QueryContext } from '../query-context.js'
import { hideExpired } from '../retention/hide-expired.js'
import type { MessageView } from '../views.js'
import { QUOTED_COLUMNS, toReply, type QuotedRow } from './replies.js'

export interface MessageRow extends QuotedRow {
  id: string
  seq: number
  version: number
  sender_id: string
  sender_name: string | null
  sender_avatar_url: string | null
  sender_is_bot: boolean
  client_message_id: string | null
  type: string
  content: string | null
  metadata: JsonObject | null
  mentions: string[] | null
  mentions_all: boolean
  link_previews: LinkPreview[] | null
  reactions: MessageView['reactions'] | null
  edited_at: Instant | null
  deleted_at: Instant | null
  deleted_by: string | null
  created_at: Instant
  /** Null where it is the same; only an imported message was made at another time. */
  recorded_at: Instant | null
  /** Of the chat. */
  retention_days: number | null
}

/** Of the message `m` of the chat `c`, its sender `p`, and the message `q` that it answers. */
export const MESSAGE_COLUMNS = `m.id, m.seq, m.version, m.sender_id, p.name as sender_name, p.avatar_url as sender_avatar_url, p.owner_id is not null as sender_is_bot,
  m.client_message_id, m.type, m.content, m.metadata, m.mentions, m.mentions_all, m.link_previews, m.reactions, m.deleted_by,
  ${instant('m.edited_at')} as edited_at, ${instant('m.deleted_at')} as deleted_at, ${QUOTED_COLUMNS}, ${instant('m.created_at')} as created_at,
  case when m.recorded_at <> m.created_at then ${instant('m.recorded_at')} end as recorded_at,
  c.retention_days`

export const messageSender = (table: TableName): string => joinUser(table, 'm.sender_id')

export function toMessage(
  stored: MessageRow,
  chatId: string,
  { render, clock }: Pick<QueryContext, 'render' | 'clock'>,
): MessageView {
  const row = hideExpired(stored, clock())
  const createdAt = toIso(row.created_at)
  return {
    id: row.id,
    chatId,
    seq: row.seq,
    version: row.version,
    sender: { id: row.sender_id, name: row.sender_name, avatarUrl: row.sender_avatar_url, isBot: row.sender_is_bot },
    clientMessageId: row.client_message_id,
    type: row.type,
    content: row.content,
    contentHtml: row.content === null ? null : render(row.content),
    metadata: row.metadata,
    replyTo: toReply(row),
    reactions: row.reactions ?? [],
    mentions: row.mentions ?? [],
    mentionsAll: row.mentions_all,
    linkPreviews: row.link_previews ?? [],
    createdAt,
    recordedAt: row.recorded_at === null ? createdAt : toIso(row.recorded_at),
    editedAt: row.edited_at === null ? null : toIso(row.edited_at),
    deletedAt: row.deleted_at === null ? null : toIso(row.deleted_at),
    deletedBy: row.deleted_by,
  }
}
