import type { ClientBase, Pool } from 'pg'
import { renderContent, type RenderContent } from '../../content/render-content.js'
import { inSnapshot } from '../../postgres/transaction.js'
import type { OpenProjection } from '../engine/checkpoint.js'
import { banPage } from './bans.js'
import { blockPage } from './blocks.js'
import {
  chatCursor,
  latestOwnChatRows,
  ownChatRow,
  sharedChat,
  accountStatusOf,
  chatMembershipsOf,
  toChat,
  toListedChat,
} from './chats.js'
import type { ConversationQueries } from './conversation-queries.js'
import { PARTICIPANT_COLUMNS, participantPage, toParticipant, type ParticipantRow } from './memberships.js'
import { messageInSight, messagePage, messagesById } from './messages.js'
import { editsInSight } from './edits.js'
import { pinsInSight } from './pins.js'
import { reactionsInSight } from './reactions.js'
import { openChatPage } from './open-chats.js'
import { createUserQueries, toUserRef, type UserRefRow } from './users.js'
import { createReportQueries } from './reports.js'
import { searchPage } from './search-page.js'
import type { UserRef } from './views.js'
import { createWebhookQueries } from './webhooks.js'

const FIRST_PARTICIPANTS = 50
const MAX_REACTING = 100

/** Each answer comes from one statement, and so from one snapshot; where it takes several, they share one. */
export function createConversationQueries(
  pool: Pool,
  { table, projection }: OpenProjection,
  render: RenderContent = renderContent,
): ConversationQueries {
  const checkpoint = `select position from projections where name = '${projection.name}' and version = ${projection.version}`

  return {
    ...createUserQueries(pool, table, checkpoint),
    ...createReportQueries(pool, table, render),
    ...createWebhookQueries(pool, table),

    async chat(chatId, viewer) {
      const row = await ownChatRow(pool, table, chatId, viewer, FIRST_PARTICIPANTS)
      if (row === null) return null
      return { version: row.version, answer: { ...toChat(row), participants: row.participants.map(toParticipant) } }
    },

    async chats(viewer, limit, after) {
      const rows = await latestOwnChatRows(pool, table, viewer, limit, after)
      const shown = rows.slice(0, limit)
      const end = shown.at(-1)
      return { items: shown.map(toListedChat), next: rows.length > limit && end !== undefined ? chatCursor(end) : null }
    },

    participants: (chatId, viewer, limit, after) => participantPage(pool, table, chatId, viewer, limit, after),
    bans: (chatId, viewer, limit, after) => banPage(pool, table, chatId, viewer, limit, after),
    blocks: (viewer, limit, after) => blockPage(pool, table, viewer, limit, after),
    openChats: (viewer, query, limit, after) => openChatPage(pool, table, viewer, query, limit, after),
    messages: (chatId, viewer, page, limit) => messagePage(pool, table, chatId, viewer, page, limit, render),
    message: (chatId, messageId, viewer) => messageInSight(pool, table, chatId, viewer, messageId, render),
    edits: (chatId, messageId, viewer) => editsInSight(pool, table, chatId, viewer, messageId),
    reactions: (chatId, messageId, viewer) => reactionsInSight(pool, table, chatId, viewer, messageId, MAX_REACTING),
    pins: (chatId, viewer) => pinsInSight(pool, table, chatId, viewer, render),
    search: (viewer, query, within, limit, after) =>
      searchPage(pool, table, viewer, query, within, limit, after, render),
    chatMembership: (chatId, viewer) => accountStatusOf(pool, table, chatId, viewer),
    chatMemberships: (viewer) => chatMembershipsOf(pool, table, checkpoint, viewer),

    pastDetails: (chatId, { messageIds, participantsAt }) =>
      inSnapshot(pool, async (tx) => {
        const shared = await sharedChat(tx, table, chatId)
        if (shared === null) return null
        return {
          ...shared,
          messages: messageIds.length === 0 ? new Map() : await messagesById(tx, table, chatId, messageIds, render),
          ...(await participantsThen(tx, chatId, participantsAt)),
        }
      }),

    async chatIdsOf(userId) {
      const { rows } = await pool.query<{ chat_id: string }>(
        `select chat_id from ${table('memberships')} where user_id = $1 and to_version is null`,
        [userId],
      )
      return rows.map(({ chat_id }) => chat_id)
    },

    async participantCount(chatId) {
      const { rows } = await pool.query<{ participant_count: number }>(
        `select participant_count from ${table('chats')} where id = $1`,
        [chatId],
      )
      return rows[0]?.participant_count ?? 0
    },

    async membersWithoutAccess(chatId, sentVersion, version) {
      const { rows } = await pool.query<{ user_id: string }>(
        `select me.user_id from ${table('chats')} c join ${table('memberships')} me on me.chat_id = c.id
         where c.id = $1 and not c.always_full and $3 between me.from_version and coalesce(me.to_version, $3) and not exists (
           select from ${table('memberships')} s where s.chat_id = c.id and s.user_id = me.user_id
             and $2 between s.from_version and coalesce(s.to_version, $2)) and not exists (
           select from ${table('full_spans')} f where f.chat_id = c.id and $2 between f.from_version and coalesce(f.to_version, $2))`,
        [chatId, sentVersion, version],
      )
      return rows.map(({ user_id }) => user_id)
    },
  }

  /** The span of each person that holds the version, its end included; and everyone who is named. */
  async function participantsThen(
    tx: ClientBase,
    chatId: string,
    wanted: readonly { userId: string; version: number }[],
  ) {
    const { rows } = await tx.query<Maybe<ParticipantRow> & { at_version: number }>(
      `select w.user_id as id, w.at_version, ${PARTICIPANT_COLUMNS}
       from unnest($2::uuid[], $3::integer[]) as w(user_id, at_version)
       left join ${table('people')} p on p.id = w.user_id
       left join ${table('memberships')} m on m.chat_id = $1 and m.user_id = w.user_id
         and w.at_version between m.from_version and coalesce(m.to_version, w.at_version)
       order by m.from_version`,
      [chatId, wanted.map(({ userId }) => userId), wanted.map(({ version }) => version)],
    )
    return {
      participants: new Map(rows.filter(tookPart).map((row) => [`${row.id} ${row.at_version}`, toParticipant(row)])),
      people: new Map<string, UserRef>(rows.map((row: UserRefRow) => [row.id, toUserRef(row)])),
    }
  }
}

/** A person named in an event, who may not have taken part at that version. */
type Maybe<Row extends ParticipantRow> = UserRefRow & {
  [Column in Exclude<keyof Row, keyof UserRefRow>]: Row[Column] | null
}

const tookPart = <Row extends Maybe<ParticipantRow>>(row: Row): row is Row & ParticipantRow => row.role !== null
