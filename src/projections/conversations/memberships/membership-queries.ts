import { visibleRanges, type Membership } from '../../../domain/visibility.js'
import type { TableName } from '../../engine/projection.js'
import { inboxColumns, type InboxRow } from '../chats/chat-columns.js'
import { checkpointOf } from '../../engine/per-generation.js'
import type { QueryContext } from '../query-context.js'
import { toPaged, type AtVersion, type ChatMembership, type Cursor, type Paged } from '../query-results.js'
import type { ParticipantView } from '../views.js'
import { toSettings } from '../visibility/full-spans.js'
import { ownChat } from '../visibility/visible-spans.js'
import { chatsOf } from './chats-of.js'
import { participantsAfter, toParticipant, type ParticipantRow } from './participant-columns.js'

export const isParticipantCursor = (cursor: string): boolean => /^\d{1,9}\.\d{1,9}$/.test(cursor)

/** A chat, the spans in which someone took part in it, and those in which its history was open to later participants. */
interface MembershipRow extends InboxRow {
  id: string
  last_seq: number
  version: number
  froms: number[]
  tos: (number | null)[]
  full_froms: number[]
  full_tos: (number | null)[]
}

/** Of the chat `c` for its participant `me`. */
const membershipColumns = (table: TableName): string => `c.id, c.last_seq, c.version, ${inboxColumns(table)},
    array(select from_version from ${spansOf(table)}) as froms, array(select to_version from ${spansOf(table)}) as tos,
    case when c.always_full then array[1] else array(select from_version from ${fullSpansOf(table)}) end as full_froms,
    case when c.always_full then array[null::integer] else array(select to_version from ${fullSpansOf(table)}) end as full_tos`

const spansOf = (table: TableName): string =>
  `${table('memberships')} where chat_id = c.id and user_id = me.user_id order by from_version`

const fullSpansOf = (table: TableName): string => `${table('full_spans')} where chat_id = c.id order by from_version`

const toChatMembership = (row: MembershipRow): ChatMembership => ({
  chatId: row.id,
  version: row.version,
  lastSeq: row.last_seq,
  readSeq: row.read_seq,
  unreadCount: row.unread_count,
  unreadMentions: row.unread_mentions,
  muted: row.muted,
  hidden: row.hidden,
  ranges: visibleRanges(toMemberships(row.froms, row.tos), toSettings(row.full_froms, row.full_tos)),
})

/** Spans as Postgres gives them: two arrays side by side. */
const toMemberships = (froms: readonly number[], tos: readonly (number | null)[]): Membership[] =>
  froms.map((fromVersion, index) => ({ fromVersion, toVersion: tos[index] ?? null }))

export function membershipQueries({ pool, table, checkpoint }: QueryContext) {
  return {
    /** In the order in which they joined. */
    async participants(
      chatId: string,
      viewer: string,
      limit: number,
      after: Cursor | null,
    ): Promise<AtVersion<Paged<ParticipantView>> | null> {
      const [version, joinOrder] = after === null ? [0, -1] : after.split('.').map(Number)
      const { rows } = await pool.query<{ version: number; participants: ParticipantRow[] }>({
        name: `page ${table('memberships')}`,
        text: `select c.version, ${participantsAfter(table, '$3', '$4', '$5')} as participants from ${ownChat(table)}`,
        values: [chatId, viewer, version, joinOrder, limit + 1],
      })
      const [row] = rows
      if (row === undefined) return null
      const cursorOf = ({ from_version, join_order }: ParticipantRow): Cursor => `${from_version}.${join_order}`
      return { version: row.version, answer: toPaged(row.participants, limit, toParticipant, cursorOf) }
    },

    /** What the user may see of the chat, and its version; null for an outsider. */
    async chatMembership(chatId: string, viewer: string): Promise<ChatMembership | null> {
      const { rows } = await pool.query<MembershipRow>({
        name: `one ${table('memberships')}`,
        text: `select ${membershipColumns(table)} from ${ownChat(table)}`,
        values: [chatId, viewer],
      })
      return rows[0] === undefined ? null : toChatMembership(rows[0])
    },

    /** All chats of each of these users, with the checkpoint at which they were read. */
    async chatMemberships(
      viewers: readonly string[],
    ): Promise<{ chatsOf: Map<string, ChatMembership[]>; checkpoint: string }> {
      const { rows } = await pool.query<(MembershipRow | { id: null }) & { viewer: string; position: string }>({
        name: `all ${table('memberships')}`,
        text: `select v.viewer, p.position, own.* from (${checkpoint}) p cross join unnest($1::uuid[]) v(viewer) left join lateral (
                 select ${membershipColumns(table)}
                 from ${table('memberships')} me cross join lateral (select * from ${table('chats')} where id = me.chat_id limit 1) c
                 where me.user_id = v.viewer and me.to_version is null) own on true
               order by v.viewer, own.id`,
        values: [[...new Set(viewers)]],
      })
      const chatsOf = new Map(viewers.map((viewer) => [viewer, [] as ChatMembership[]]))
      for (const row of rows) if (row.id !== null) chatsOf.get(row.viewer)?.push(toChatMembership(row))
      return { chatsOf, checkpoint: checkpointOf(rows) }
    },

    /** The chats in which the user takes part now. */
    async chatIdsOf(userId: string): Promise<string[]> {
      const text = `select chat_id from ${table('memberships')} where user_id = $1 and to_version is null`
      const { rows } = await pool.query<{ chat_id: string }>(text, [userId])
      return rows.map(({ chat_id }) => chat_id)
    },

    /** The chats whose participants see when the user is online, unless the user does not show it. */
    async presenceAudienceOf(userId: string): Promise<{ chatIds: string[]; isShown: boolean }> {
      const { rows } = await pool.query<{ chat_id: string; show_presence: boolean }>({
        name: `presence audience ${table('memberships')}`,
        text: `select m.chat_id, u.show_presence from ${table('memberships')} m join ${table('users')} u on u.id = m.user_id
               where m.user_id = $1 and m.to_version is null`,
        values: [userId],
      })
      return { chatIds: rows.map(({ chat_id }) => chat_id), isShown: rows.every((row) => row.show_presence) }
    },

    /** Those among `userIds` who take part in a chat together with the viewer now, and the viewer; and whether each shows when they are online. */
    async presenceVisibleTo(viewer: string, userIds: readonly string[]): Promise<Map<string, boolean>> {
      const { rows } = await pool.query<{ id: string; shown: boolean }>({
        name: `presence visible ${table('memberships')}`,
        text: `select u.id, u.show_presence or u.id = $1 as shown from ${table('users')} u
               where u.id = any($2::uuid[]) and (u.id = $1 or exists (
                 select from ${table('memberships')} mine
                 join ${table('memberships')} theirs on theirs.chat_id = mine.chat_id and theirs.to_version is null
                 where mine.user_id = $1 and mine.to_version is null and theirs.user_id = u.id))`,
        values: [viewer, userIds],
      })
      return new Map(rows.map(({ id, shown }) => [id, shown]))
    },

    /** The chats in which the user takes part or ever did. */
    async everyChatIdOf(userId: string): Promise<string[]> {
      const { rows } = await pool.query<{ chat_id: string }>(
        `select distinct chat_id from (${chatsOf(table)}) all_chats`,
        [userId],
      )
      return rows.map(({ chat_id }) => chat_id)
    },

    async participantCount(chatId: string): Promise<number> {
      const text = `select participant_count from ${table('chats')} where id = $1`
      const { rows } = await pool.query<{ participant_count: number }>(text, [chatId])
      return rows[0]?.participant_count ?? 0
    },

    /** Who takes part in the chat at `version` and may not see what was sent at `sentVersion`. */
    async membersWithoutAccess(chatId: string, sentVersion: number, version: number): Promise<string[]> {
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
}
