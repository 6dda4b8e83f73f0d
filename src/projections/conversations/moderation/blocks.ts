import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'
import type { QueryContext } from '../query-context.js'
import { toPaged, type Cursor, type Paged } from '../query-results.js'
import { joinUser, toUserRef, type UserRefRow } from '../users/join-user.js'
import type { UserRef } from '../views.js'
import { MAX_VERSION } from '../visibility/visible-spans.js'

/** Whom users block, each by the version of the event in their stream. */
export const blocksPart = {
  tables: ['blocks'],
  schema: (table: TableName): string => `
    create table ${table('blocks')} (
      user_id uuid not null,
      blocked_id uuid not null,
      version integer not null,
      primary key (user_id, blocked_id)
    );
    create unique index on ${table('blocks')} (user_id, version);`,
  apply: { UserBlocked: block, UserUnblocked: unblock },
} satisfies Part

async function block(
  { event: { userId, blockedId }, version }: Placed<'UserBlocked'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  const text = `insert into ${table('blocks')} (user_id, blocked_id, version) values ($1, $2, $3)`
  await tx.query(text, [userId, blockedId, version])
}

async function unblock(
  { event: { userId, blockedId } }: Placed<'UserUnblocked'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  await tx.query(`delete from ${table('blocks')} where user_id = $1 and blocked_id = $2`, [userId, blockedId])
}

export const blockQueries = ({ pool, table }: QueryContext) => ({
  /** Whom the viewer blocks, the latest first. */
  async blocks(viewer: string, limit: number, after: Cursor | null): Promise<Paged<UserRef>> {
    const { rows } = await pool.query<UserRefRow & { version: number }>({
      name: `page ${table('blocks')}`,
      text: `select b.blocked_id as id, p.name, p.avatar_url, p.owner_id, b.version
             from ${table('blocks')} b ${joinUser(table, 'b.blocked_id')}
             where b.user_id = $1 and b.version < $2 order by b.version desc limit $3`,
      values: [viewer, after ?? MAX_VERSION, limit + 1],
    })
    return toPaged(rows, limit, toUserRef, ({ version }) => String(version))
  },
})
