import type { ClientBase, Pool } from 'pg'
import type { Role } from '../../domain/chat/events.js'
import type { TableName } from '../engine/projection.js'
import type { AtVersion, Bans, Cursor } from './conversation-queries.js'
import { instant, toIso, type Instant } from './instants.js'
import type { Place } from './memberships.js'
import { END, ownChat } from './visibility.js'
import type { BanView } from './views.js'

/** Who is banned now, each by the version of the event that did it. */
export const bansSchema = (table: TableName): string => `
  create table ${table('bans')} (
    chat_id uuid not null,
    user_id uuid not null,
    version integer not null,
    by_id uuid not null,
    at timestamptz not null,
    reason text,
    primary key (chat_id, user_id)
  );
  create unique index on ${table('bans')} (chat_id, version);`

interface About {
  userId: string
  by: string
}

export async function beginBan(
  { userId, by }: About,
  { chatId, version, at }: Place,
  tx: ClientBase,
  table: TableName,
) {
  await tx.query(`insert into ${table('bans')} (chat_id, user_id, version, by_id, at) values ($1, $2, $3, $4, $5)`, [
    chatId,
    userId,
    version,
    by,
    at,
  ])
}

export async function endBan({ userId }: About, { chatId }: Place, tx: ClientBase, table: TableName) {
  await tx.query(`delete from ${table('bans')} where chat_id = $1 and user_id = $2`, [chatId, userId])
}

/** The last one given counts; nothing where the ban has ended meanwhile. */
export async function giveReason(
  { userId, reason }: { userId: string; reason: string | null },
  { chatId }: Pick<Place, 'chatId'>,
  tx: ClientBase,
  table: TableName,
) {
  await tx.query(`update ${table('bans')} set reason = $3 where chat_id = $1 and user_id = $2`, [
    chatId,
    userId,
    reason,
  ])
}

interface BanRow extends Omit<BanView, 'at'> {
  at: Instant
  version: number
}

const person = (table: TableName, id: string): string => `(
  select json_build_object('id', ${id}, 'name', p.name, 'avatarUrl', p.avatar_url)
  from (select 1) one left join lateral (select name, avatar_url from ${table('people')} where id = ${id} limit 1) p on true)`

/** The latest first; null for an outsider. */
export async function banPage(
  pool: Pool,
  table: TableName,
  chatId: string,
  viewer: string,
  limit: number,
  after: Cursor | null,
): Promise<AtVersion<Bans> | null> {
  const { rows } = await pool.query<{ version: number; role: Role; bans: BanRow[] }>({
    name: `page ${table('bans')}`,
    text: `select c.version, me.role, (
             select coalesce(json_agg(page order by page.version desc), '[]') from (
               select ${person(table, 'b.user_id')} as person, ${person(table, 'b.by_id')} as by, ${instant('b.at')} as at,
                 b.reason, b.version
               from ${table('bans')} b where b.chat_id = c.id and b.version < $3
               order by b.version desc limit $4) page) as bans
           from ${ownChat(table)}`,
    values: [chatId, viewer, after ?? END, limit + 1],
  })
  const [row] = rows
  if (row === undefined) return null
  const shown = row.bans.slice(0, limit)
  const items = shown.map(({ person, by, at, reason }) => ({ person, by, at: toIso(at), reason }))
  const next = row.bans.length > limit ? String(shown.at(-1)?.version) : null
  return { version: row.version, answer: { items, next, role: row.role } }
}
