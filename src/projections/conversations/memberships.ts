import type { ClientBase, Pool } from 'pg'
import type { ChatCreated, Role } from '../../domain/chat/events.js'
import type { Opened } from '../../domain/event.js'
import type { Membership } from '../../domain/visibility.js'
import type { TableName } from '../engine/projection.js'
import type { AtVersion, Cursor, Paged } from './conversation-queries.js'
import { instant, toIso, type Instant } from './instants.js'
import { joinUser, toUserRef, type UserRefRow } from './users.js'
import { ownChat } from './visibility.js'
import type { ParticipantView } from './views.js'

/**
 * Every span of taking part in a chat: a participant is one that has no end yet. `place` orders those who came with one event.
 */
export const membershipsSchema = (table: TableName): string => `
  create table ${table('memberships')} (
    chat_id uuid not null,
    user_id uuid not null,
    from_version integer not null,
    to_version integer,
    place integer not null,
    role text not null,
    joined_at timestamptz not null,
    read_seq integer not null,
    primary key (chat_id, user_id, from_version)
  ) with (fillfactor = 80);
  create unique index on ${table('memberships')} (chat_id, user_id) where to_version is null;
  create index on ${table('memberships')} (user_id) where to_version is null;
  create index on ${table('memberships')} (chat_id, from_version, place) where to_version is null;`

/** Where an event stands. */
export interface Place {
  chatId: string
  version: number
  at: string
}

export interface Beginning {
  userId: string
  role: Role
  readSeq: number
}

export async function beginMemberships(people: readonly Beginning[], where: Place, tx: ClientBase, table: TableName) {
  await tx.query({
    name: `begin ${table('memberships')}`,
    text: `insert into ${table('memberships')} (chat_id, user_id, from_version, place, role, joined_at, read_seq)
           select $1, user_id, $2, place - 1, role, $3, read_seq
           from unnest($4::uuid[], $5::text[], $6::integer[]) with ordinality as p(user_id, role, read_seq, place)`,
    values: [
      where.chatId,
      where.version,
      where.at,
      people.map(({ userId }) => userId),
      people.map(({ role }) => role),
      people.map(({ readSeq }) => readSeq),
    ],
  })
}

export const beginnings = ({ participants }: Opened<ChatCreated>): Beginning[] =>
  participants.map(({ userId, role }) => ({ userId, role, readSeq: 0 }))

export async function endMembership(userId: string, { chatId, version }: Place, tx: ClientBase, table: TableName) {
  await tx.query(
    `update ${table('memberships')} set to_version = $3 where chat_id = $1 and user_id = $2 and to_version is null`,
    [chatId, userId, version],
  )
}

/** By how many the participants became more: -1 where the person took part, else 0. */
export async function endedMembership(userId: string, { chatId, version }: Place, tx: ClientBase, table: TableName) {
  const { rowCount } = await tx.query(
    `update ${table('memberships')} set to_version = $3 where chat_id = $1 and user_id = $2 and to_version is null`,
    [chatId, userId, version],
  )
  return -(rowCount ?? 0)
}

export async function changeRole(userId: string, role: Role, { chatId }: Place, tx: ClientBase, table: TableName) {
  await tx.query(
    `update ${table('memberships')} set role = $3 where chat_id = $1 and user_id = $2 and to_version is null`,
    [chatId, userId, role],
  )
}

export interface ParticipantRow extends UserRefRow {
  role: Role
  joined_at: Instant
  read_seq: number
  from_version: number
  place: number
}

/** Of the span `m` and the person `p`. */
export const PARTICIPANT_COLUMNS = `p.name, p.avatar_url, m.role, ${instant('m.joined_at')} as joined_at, m.read_seq, m.from_version, m.place`

export const toParticipant = (row: ParticipantRow): ParticipantView => ({
  ...toUserRef(row),
  role: row.role,
  joinedAt: toIso(row.joined_at),
  readSeq: row.read_seq,
})

/** Those who take part in the chat `c` after a place in the order in which they came, as an array of ParticipantRow. */
export const participantsAfter = (table: TableName, version: string, place: string, most: string): string => `(
  select coalesce(json_agg(page), '[]') from (
    select m.user_id as id, ${PARTICIPANT_COLUMNS}
    from ${table('memberships')} m ${joinUser(table, 'm.user_id')}
    where m.chat_id = c.id and m.to_version is null and (m.from_version, m.place) > (${version}, ${place})
    order by m.from_version, m.place limit ${most}) page)`

export async function participantPage(
  pool: Pool,
  table: TableName,
  chatId: string,
  viewer: string,
  limit: number,
  after: Cursor | null,
): Promise<AtVersion<Paged<ParticipantView>> | null> {
  const [version, place] = after === null ? [0, -1] : after.split('.').map(Number)
  const text = `select c.version, ${participantsAfter(table, '$3', '$4', '$5')} as participants from ${ownChat(table)}`
  const { rows } = await pool.query<{ version: number; participants: ParticipantRow[] }>({
    name: `page ${table('memberships')}`,
    text,
    // one more than asked for, to know whether there are more
    values: [chatId, viewer, version, place, limit + 1],
  })
  const [row] = rows
  if (row === undefined) return null
  const shown = row.participants.slice(0, limit)
  const last = shown.at(-1)
  const next = row.participants.length > limit && last !== undefined ? `${last.from_version}.${last.place}` : null
  return { version: row.version, answer: { items: shown.map(toParticipant), next } }
}

export const isParticipantCursor = (cursor: string): boolean => /^\d{1,9}\.\d{1,9}$/.test(cursor)

/** At most ten of those who take part in the chat `c`, others than the viewer first, as an array of UserRef. */
export const fewParticipants = (table: TableName, viewer: string): string => `(
  select coalesce(json_agg(few), '[]') from (
    select m.user_id as id, p.name, p.avatar_url as "avatarUrl" from (
      select user_id, from_version, place from ${table('memberships')}
      where chat_id = c.id and to_version is null order by from_version, place limit 11) m
    ${joinUser(table, 'm.user_id')}
    order by m.user_id is not distinct from ${viewer}, m.from_version, m.place limit 10) few)`

/** Spans as Postgres gives them: two arrays side by side. */
export const toMemberships = (froms: readonly number[], tos: readonly (number | null)[]): Membership[] =>
  froms.map((fromVersion, index) => ({ fromVersion, toVersion: tos[index] ?? null }))
