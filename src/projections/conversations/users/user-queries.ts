import type { ClientBase, Pool } from 'pg'
import type { AddableBy } from '../../../domain/user/events.js'
import { isNameCursor, lookUpNames, nameCursor, type NamePage } from '../name-index.js'
import { checkpointOf } from '../../engine/per-generation.js'
import type { TableName } from '../../engine/projection.js'
import type { QueryContext } from '../query-context.js'
import { toPaged, type Cursor, type Paged } from '../query-results.js'
import type { OwnProfile, ProfileView, UserRef } from '../views.js'
import { toOwner, toUserRef, type UserRefRow } from './join-user.js'

export const isUserCursor = isNameCursor

interface ProfileRow extends UserRefRow {
  status_text: string | null
  addable_by: AddableBy
  show_presence: boolean
  created_at: Date
  updated_at: Date
}

const toProfile = (row: ProfileRow): ProfileView => ({
  ...toUserRef(row),
  ...toOwner(row),
  statusText: row.status_text,
})

const toOwnProfile = (row: ProfileRow): OwnProfile => ({
  ...toProfile(row),
  addableBy: row.addable_by,
  showPresence: row.show_presence,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})

/** By whatever tables: those of a generation, or of a replay. */
export async function profileOf(db: Pool | ClientBase, table: TableName, userId: string): Promise<OwnProfile | null> {
  const { rows } = await db.query<ProfileRow>(`select * from ${table('users')} where id = $1`, [userId])
  return rows[0] === undefined ? null : toOwnProfile(rows[0])
}

export function userQueries({ pool, table, checkpoint }: QueryContext) {
  const users = table('users')

  async function rowsOf(userIds: readonly string[]): Promise<ProfileRow[]> {
    const text = `select * from ${users} where id = any($1::uuid[])`
    return (await pool.query<ProfileRow>({ name: `profiles ${users}`, text, values: [userIds] })).rows
  }

  return {
    async ownProfile(userId: string): Promise<OwnProfile | null> {
      const [row] = await rowsOf([userId])
      return row === undefined ? null : toOwnProfile(row)
    },

    profiles: async (userIds: readonly string[]): Promise<ProfileView[]> => (await rowsOf(userIds)).map(toProfile),

    /** Those in whose names a word begins with the query, in the order of what was found. */
    async findProfiles(page: NamePage): Promise<Paged<ProfileView>> {
      const lookup = lookUpNames(table('user_names'), page)
      if (lookup === null) return { items: [], next: null }
      const { rows } = await pool.query<ProfileRow & { start: string }>({
        name: `find ${users}`,
        text: `select s.start, u.* from (${lookup.text}) s
               cross join lateral (select * from ${users} where id = s.owner_id limit 1) u order by s.start, s.owner_id`,
        values: lookup.values,
      })
      return toPaged(rows, page.limit, toProfile, nameCursor)
    },

    /** The bots that the user owns, or ever did. */
    async botIdsOf(ownerId: string): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>(`select id from ${users} where owner_id = $1 order by id`, [
        ownerId,
      ])
      return rows.map(({ id }) => id)
    },

    /** Of all users, by id; for admins. */
    async everyone(limit: number, after: Cursor | null): Promise<Paged<OwnProfile>> {
      const { rows } = await pool.query<ProfileRow>({
        name: `everyone ${users}`,
        text: `select * from ${users} where id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') order by id limit $2`,
        values: [after, limit + 1],
      })
      return toPaged(rows, limit, toOwnProfile, ({ id }) => id)
    },

    /** Users by id, and the checkpoint at which they were read. */
    async people(userIds: readonly string[]): Promise<{ people: Map<string, UserRef>; checkpoint: string }> {
      const { rows } = await pool.query<Omit<UserRefRow, 'id'> & { position: string; id: string | null }>({
        name: `people ${users}`,
        text: `select c.position, p.id, p.name, p.avatar_url, p.owner_id from (${checkpoint}) c left join ${users} p on p.id = any($1::uuid[])`,
        values: [userIds],
      })
      const found = rows.flatMap(({ id, ...row }) => (id === null ? [] : [[id, toUserRef({ id, ...row })] as const]))
      return { people: new Map(found), checkpoint: checkpointOf(rows) }
    },
  }
}
