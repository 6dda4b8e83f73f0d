import type { ClientBase, Pool } from 'pg'
import type { TableName } from '../engine/projection.js'
import type { Cursor, Paged } from './conversation-queries.js'
import { joinUser, toUserRef, type UserRefRow } from './users.js'
import { END } from './visibility.js'
import type { UserRef } from './views.js'

/** Whom people want nothing to do with, each by the version of the event of theirs that said so. */
export const blocksSchema = (table: TableName): string => `
  create table ${table('blocks')} (
    user_id uuid not null,
    blocked_id uuid not null,
    version integer not null,
    primary key (user_id, blocked_id)
  );
  create unique index on ${table('blocks')} (user_id, version);`

interface About {
  userId: string
  blockedId: string
}

export async function beginBlock({ userId, blockedId }: About, version: number, tx: ClientBase, table: TableName) {
  await tx.query(`insert into ${table('blocks')} (user_id, blocked_id, version) values ($1, $2, $3)`, [
    userId,
    blockedId,
    version,
  ])
}

export async function endBlock({ userId, blockedId }: About, tx: ClientBase, table: TableName) {
  await tx.query(`delete from ${table('blocks')} where user_id = $1 and blocked_id = $2`, [userId, blockedId])
}

/** The latest first. */
export async function blockPage(
  pool: Pool,
  table: TableName,
  viewer: string,
  limit: number,
  after: Cursor | null,
): Promise<Paged<UserRef>> {
  const { rows } = await pool.query<UserRefRow & { version: number }>({
    name: `page ${table('blocks')}`,
    text: `select b.blocked_id as id, p.name, p.avatar_url, b.version
           from ${table('blocks')} b ${joinUser(table, 'b.blocked_id')}
           where b.user_id = $1 and b.version < $2 order by b.version desc limit $3`,
    values: [viewer, after ?? END, limit + 1],
  })
  const shown = rows.slice(0, limit)
  return { items: shown.map(toUserRef), next: rows.length > limit ? String(shown.at(-1)?.version) : null }
}
