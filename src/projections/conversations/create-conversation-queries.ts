import type { ClientBase, Pool } from 'pg'
import { renderContent, type RenderContent } from '../../content/render-content.js'
import { inSnapshot, type OpenProjection } from '../checkpoint.js'
import {
  allOwnChatRows,
  chatCursor,
  latestOwnChatRows,
  ownChatRow,
  rangesOf,
  toChat,
  toSharedChat,
  toStanding,
  type ChatRow,
  type OwnChatRow,
} from './chats.js'
import type { AtVersion, ConversationQueries } from './conversation-queries.js'
import { fewParticipants, participantRows, toParticipant, type ParticipantRow } from './memberships.js'
import { lastMessages, messageInSight, messagePage, messagesById } from './messages.js'
import { createPeopleQueries, toPerson, type PersonRow } from './people.js'
import type { ListedChatView, MessageView, PersonView } from './views.js'

const FIRST_PARTICIPANTS = 50

export function createConversationQueries(
  pool: Pool,
  { table, projection }: OpenProjection,
  render: RenderContent = renderContent,
): ConversationQueries {
  const checkpoint = `select position from projections where name = '${projection.name}' and version = ${projection.version}`

  /** Reads about one chat for one of its participants; null for who is none. */
  const asParticipant = <Answer>(
    chatId: string,
    viewer: string,
    read: (tx: ClientBase, chat: OwnChatRow) => Promise<Answer>,
  ): Promise<AtVersion<Answer> | null> =>
    inSnapshot(pool, async (tx) => {
      const chat = await ownChatRow(tx, table, chatId, viewer)
      return chat === null ? null : { version: chat.version, answer: await read(tx, chat) }
    })

  return {
    ...createPeopleQueries(pool, table, checkpoint),

    chat: (chatId, viewer) =>
      asParticipant(chatId, viewer, async (tx, chat) => {
        const { items: participants } = await participantRows(tx, table, chatId, FIRST_PARTICIPANTS, null)
        return { ...toChat(chat), participants }
      }),

    chats: (viewer, limit, after) =>
      inSnapshot(pool, async (tx) => {
        const rows = await latestOwnChatRows(tx, table, viewer, limit, after)
        const shown = rows.slice(0, limit)
        const last = await lastMessages(
          tx,
          table,
          shown.map((row) => ({ chatId: row.id, ranges: rangesOf(row) })),
          render,
        )
        const few = await fewParticipants(
          tx,
          table,
          shown.map(({ id }) => id),
          viewer,
        )
        const items = shown.map((row) => listed(row, last.get(row.id), few.get(row.id) ?? []))
        const end = shown.at(-1)
        return { items, next: rows.length > limit && end !== undefined ? chatCursor(end) : null }
      }),

    participants: (chatId, viewer, limit, after) =>
      asParticipant(chatId, viewer, (tx) => participantRows(tx, table, chatId, limit, after)),

    messages: (chatId, viewer, page, limit) =>
      asParticipant(chatId, viewer, (tx, chat) => messagePage(tx, table, chatId, rangesOf(chat), page, limit, render)),

    async message(chatId, messageId, viewer) {
      const found = await asParticipant(chatId, viewer, (tx, chat) =>
        messageInSight(tx, table, chatId, rangesOf(chat), messageId, render),
      )
      return found === null || found.answer === null ? null : { version: found.version, answer: found.answer }
    },

    async standing(chatId, viewer) {
      const row = await inSnapshot(pool, (tx) => ownChatRow(tx, table, chatId, viewer))
      return row === null ? null : toStanding(row)
    },

    standings: (viewer) =>
      inSnapshot(pool, async (tx) => {
        const { rows } = await tx.query<{ position: string }>(checkpoint)
        const chats = await allOwnChatRows(tx, table, viewer)
        return { chats: chats.map(toStanding), checkpoint: rows[0]?.position ?? '' }
      }),

    pastDetails: (chatId, { messageIds, participantsAt }) =>
      inSnapshot(pool, async (tx) => {
        const { rows } = await tx.query<ChatRow>(`select * from ${table('chats')} where id = $1`, [chatId])
        const [chat] = rows
        if (chat === undefined) return null
        return {
          chat: toSharedChat(chat),
          chatParticipants: (await fewParticipants(tx, table, [chatId], null)).get(chatId) ?? [],
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

    async unseeing(chatId, sentVersion, version) {
      const { rows } = await pool.query<{ user_id: string }>(
        `select me.user_id from ${table('chats')} c join ${table('memberships')} me on me.chat_id = c.id
         where c.id = $1 and c.history_visibility <> 'full' and $3 between me.from_version and coalesce(me.to_version, $3) and not exists (
           select from ${table('memberships')} s where s.chat_id = c.id and s.user_id = me.user_id
             and $2 between s.from_version and coalesce(s.to_version, $2))`,
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
      `select w.user_id as id, w.at_version, p.name, p.avatar_url, m.role, m.joined_at, m.read_seq, m.from_version, m.place
       from unnest($2::uuid[], $3::integer[]) as w(user_id, at_version)
       left join ${table('people')} p on p.id = w.user_id
       left join ${table('memberships')} m on m.chat_id = $1 and m.user_id = w.user_id
         and w.at_version between m.from_version and coalesce(m.to_version, w.at_version)
       order by m.from_version`,
      [chatId, wanted.map(({ userId }) => userId), wanted.map(({ version }) => version)],
    )
    return {
      participants: new Map(rows.filter(tookPart).map((row) => [`${row.id} ${row.at_version}`, toParticipant(row)])),
      people: new Map<string, PersonView>(rows.map((row: PersonRow) => [row.id, toPerson(row)])),
    }
  }
}

/** A person named in an event, who may not have taken part at that version. */
type Maybe<Row extends ParticipantRow> = PersonRow & {
  [Column in Exclude<keyof Row, keyof PersonRow>]: Row[Column] | null
}

const tookPart = <Row extends Maybe<ParticipantRow>>(row: Row): row is Row & ParticipantRow => row.role !== null

const listed = (row: OwnChatRow, last: MessageView | undefined, participants: PersonView[]): ListedChatView => ({
  ...toChat(row),
  lastMessage: last?.content ?? null,
  lastMessageSenderId: last?.sender.id ?? null,
  lastMessageSenderName: last?.sender.name ?? null,
  timestamp: last?.createdAt ?? row.created_at.toISOString(),
  participants,
})
