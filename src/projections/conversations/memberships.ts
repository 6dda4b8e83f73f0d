import type { ClientBase } from 'pg'
import type { ChatCreated, Role } from '../../domain/chat/events.js'
import type { Opened } from '../../domain/event.js'
import type { Membership } from '../../domain/visibility.js'
import type { TableName } from '../projection.js'
import type { Cursor, Paged } from './conversation-queries.js'
import { toPerson, type PersonRow } from './people.js'
import type { ParticipantView, PersonView } from './views.js'

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

export async function changeRole(userId: string, role: Role, { chatId }: Place, tx: ClientBase, table: TableName) {
  await tx.query(
    `update ${table('memberships')} set role = $3 where chat_id = $1 and user_id = $2 and to_version is null`,
    [chatId, userId, role],
  )
}

export async function raiseReadSeq(
  userId: string,
  markers: readonly { chatId: string; seq: number }[],
  tx: ClientBase,
  table: TableName,
) {
  await tx.query(
    `update ${table('memberships')} m set read_seq = greatest(m.read_seq, r.seq)
     from unnest($2::uuid[], $3::integer[]) as r(chat_id, seq)
     where m.chat_id = r.chat_id and m.user_id = $1 and m.to_version is null`,
    [userId, markers.map(({ chatId }) => chatId), markers.map(({ seq }) => seq)],
  )
}

export interface ParticipantRow extends PersonRow {
  role: Role
  joined_at: Date
  read_seq: number
  from_version: number
  place: number
}

export const toParticipant = (row: ParticipantRow): ParticipantView => ({
  ...toPerson(row),
  role: row.role,
  joinedAt: row.joined_at.toISOString(),
  readSeq: row.read_seq,
})

/** One more than `limit`, to know whether there are more. */
export async function participantRows(
  tx: ClientBase,
  table: TableName,
  chatId: string,
  limit: number,
  after: Cursor | null,
): Promise<Paged<ParticipantView>> {
  const [version, place] = after === null ? [0, -1] : after.split('.').map(Number)
  const text = `select m.user_id as id, p.name, p.avatar_url, m.role, m.joined_at, m.read_seq, m.from_version, m.place
    from ${table('memberships')} m left join ${table('people')} p on p.id = m.user_id
    where m.chat_id = $1 and m.to_version is null and (m.from_version, m.place) > ($2, $3)
    order by m.from_version, m.place limit $4`
  const { rows } = await tx.query<ParticipantRow>({
    name: `page ${table('memberships')}`,
    text,
    values: [chatId, version, place, limit + 1],
  })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? `${last.from_version}.${last.place}` : null
  return { items: shown.map(toParticipant), next }
}

export const isParticipantCursor = (cursor: string): boolean => /^\d{1,9}\.\d{1,9}$/.test(cursor)

/** At most ten of each chat's participants, others than the viewer first. */
export async function fewParticipants(
  tx: ClientBase,
  table: TableName,
  chatIds: readonly string[],
  viewer: string | null,
): Promise<Map<string, PersonView[]>> {
  const text = `select c.id as chat_id, few.* from unnest($1::uuid[]) as c(id) cross join lateral (
      select m.user_id as id, p.name, p.avatar_url from (
        select user_id, from_version, place from ${table('memberships')}
        where chat_id = c.id and to_version is null order by from_version, place limit 11) m
      left join ${table('people')} p on p.id = m.user_id
      order by m.user_id is not distinct from $2::uuid, m.from_version, m.place limit 10) few`
  const { rows } = await tx.query<PersonRow & { chat_id: string }>({
    name: `few ${table('memberships')}`,
    text,
    values: [chatIds, viewer],
  })
  const few = new Map<string, PersonView[]>(chatIds.map((chatId) => [chatId, []]))
  for (const row of rows) few.get(row.chat_id)?.push(toPerson(row))
  return few
}

/** Spans as Postgres gives them: two arrays side by side. */
export const toMemberships = (froms: readonly number[], tos: readonly (number | null)[]): Membership[] =>
  froms.map((fromVersion, index) => ({ fromVersion, toVersion: tos[index] ?? null }))
