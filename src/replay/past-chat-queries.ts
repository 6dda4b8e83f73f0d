import { SHARED_COLUMNS, toSharedChat, type ChatRow } from '../projections/conversations/chats/chat-columns.js'
import { instant, toIso, type Instant } from '../projections/conversations/instants.js'
import {
  participantsAfter,
  toParticipant,
  type ParticipantRow,
} from '../projections/conversations/memberships/participant-columns.js'
import { messageBytesAtMost } from '../projections/conversations/messages/message-bytes.js'
import {
  MESSAGE_COLUMNS,
  messageSender,
  toMessage,
  type MessageRow,
} from '../projections/conversations/messages/message-view.js'
import { renderPage } from '../projections/conversations/messages/render-page.js'
import { quotedForAuditors } from '../projections/conversations/messages/replies.js'
import type { ApplyContext } from '../projections/conversations/part.js'
import type { QueryContext } from '../projections/conversations/query-context.js'
import { toPaged } from '../projections/conversations/query-results.js'
import { userRefJson } from '../projections/conversations/users/join-user.js'
import type { MessageView, SharedChatView, UserRef } from '../projections/conversations/views.js'
import { MAX_VERSION } from '../projections/conversations/visibility/visible-spans.js'
import type { PastChat, PastPage, PastPin } from './past-chat.js'

const PARTICIPANTS = 200

type View = Pick<QueryContext, 'render' | 'clock'>

/** Which messages make the page: the first or last ones between two seqs, both excluded. */
interface Window {
  order: 'asc' | 'desc'
  above: number
  below: number
}

function windowOf({ messages }: PastPage): Window {
  if (messages === null) return { order: 'desc', above: 0, below: MAX_VERSION }
  if ('after' in messages) return { order: 'asc', above: messages.after, below: MAX_VERSION }
  return { order: 'desc', above: 0, below: messages.before }
}

const participantBounds = (cursor: string | null): [number, number] => {
  const [version = 0, joinOrder = -1] = cursor === null ? [] : cursor.split('.').map(Number)
  return [version, joinOrder]
}

/** Everyone whom the page names. */
export async function usersOn(page: PastPage, { tx, table }: ApplyContext): Promise<string[]> {
  const { order, above, below } = windowOf(page)
  const { rows } = await tx.query<{ id: string }>(
    `with shown as (
       select sender_id, reply_to_id from ${table('messages')} where seq > $1 and seq < $2 order by seq ${order} limit $3)
     select sender_id as id from shown
     union select q.sender_id from shown join ${table('messages')} q on q.id = shown.reply_to_id
     union select pinned_by from ${table('pins')}
     union (select user_id from ${table('memberships')} where to_version is null and (from_version, join_order) > ($4, $5)
            order by from_version, join_order limit ${PARTICIPANTS})`,
    [above, below, page.limit, ...participantBounds(page.participantsAfter)],
  )
  return rows.map(({ id }) => id)
}

/** The chat that the tables hold, and no other. */
export async function readPastChat(
  page: PastPage,
  context: ApplyContext,
  view: View,
): Promise<Omit<PastChat, 'version' | 'position' | 'recordedAt'> & { older: boolean; newer: boolean }> {
  const { chat, participants, moreParticipants } = await readChat(page, context)
  return {
    chat,
    participants,
    moreParticipants,
    pins: await readPins(context),
    ...(await readMessages(page, chat.id, context, view)),
  }
}

async function readChat({ participantsAfter: after }: PastPage, { tx, table }: ApplyContext) {
  const { rows } = await tx.query<ChatRow & { participants: ParticipantRow[] }>(
    `select ${SHARED_COLUMNS}, ${participantsAfter(table, '$1', '$2', String(PARTICIPANTS + 1))} as participants
     from ${table('chats')} c`,
    participantBounds(after),
  )
  const [row] = rows
  if (row === undefined) throw new Error('The chat has no row')
  const { items, next } = toPaged(
    row.participants,
    PARTICIPANTS,
    (participant) => {
      const { readSeq: _, ...shown } = toParticipant(participant)
      return shown
    },
    ({ from_version, join_order }) => `${from_version}.${join_order}`,
  )
  const chat: SharedChatView = toSharedChat(row)
  return { chat, participants: items, moreParticipants: next }
}

async function readPins({ tx, table }: ApplyContext): Promise<PastPin[]> {
  const { rows } = await tx.query<{ messageId: string; seq: number; pinnedBy: UserRef; at: Instant }>(
    `select s.message_id as "messageId", m.seq, ${userRefJson(table, 's.pinned_by')} as "pinnedBy", ${instant('s.pinned_at')} as at
     from ${table('pins')} s join ${table('messages')} m on m.id = s.message_id order by s.version desc`,
  )
  return rows.map(({ at, ...pin }) => ({ ...pin, pinnedAt: toIso(at) }))
}

/** Ends before it passes 1 MiB of JSON. */
async function readMessages(
  page: PastPage,
  chatId: string,
  { tx, table }: ApplyContext,
  view: View,
): Promise<{ messages: MessageView[]; older: boolean; newer: boolean }> {
  const { order, above, below } = windowOf(page)
  const isForwards = order === 'asc'
  const { rows } = await tx.query<MessageRow>(
    `select ${MESSAGE_COLUMNS} from ${table('chats')} c
     join (select * from ${table('messages')} where seq > $1 and seq < $2 order by seq ${order} limit $3) m on m.chat_id = c.id
     ${messageSender(table)} ${quotedForAuditors(table)} order by m.seq`,
    [above, below, page.limit + 1],
  )
  const hasMore = rows.length > page.limit
  const shown = isForwards ? rows.slice(0, page.limit) : rows.slice(hasMore ? 1 : 0)
  const centre = isForwards ? 0 : Math.max(0, shown.length - 1)
  const { views, from, to } = await renderPage(shown, centre, {
    view: (row) => toMessage(row, chatId, view),
    atMostBytes: messageBytesAtMost,
  })
  return {
    messages: views,
    older: isForwards ? above > 0 : hasMore || from > 0,
    newer: isForwards ? hasMore || to < shown.length : page.messages !== null,
  }
}
