import type { ClientBase, Pool } from 'pg'
import type { Opened } from '../../domain/event.js'
import type { ProfileChanged, UserRegistered } from '../../domain/user/events.js'
import type { TableName } from '../engine/projection.js'
import type { OwnProfile, UserRef, ProfileView } from './views.js'

/** People as others see them. All but the id is null for someone whose personal data was destroyed. */
export const usersSchema = (table: TableName): string => `
  create table ${table('people')} (
    id uuid primary key,
    name text,
    avatar_url text,
    status_text text,
    created_at timestamptz not null,
    updated_at timestamptz not null
  );
  create index on ${table('people')} (lower(name) text_pattern_ops);`

export async function applyRegistered(event: Opened<UserRegistered>, at: string, tx: ClientBase, table: TableName) {
  await tx.query({
    text: `insert into ${table('people')} (id, name, created_at, updated_at) values ($1, $2, $3, $3)`,
    values: [event.userId, event.name, event.originalAt ?? at],
  })
}

const COLUMNS = { name: 'name', avatarUrl: 'avatar_url', statusText: 'status_text' } as const

export async function applyProfileChanged(event: Opened<ProfileChanged>, at: string, tx: ClientBase, table: TableName) {
  const fields = Object.entries(COLUMNS).filter(([field]) => field in event) as [keyof typeof COLUMNS, string][]
  const sets = fields.map(([, column], index) => `, ${column} = $${index + 3}`)
  await tx.query(`update ${table('people')} set updated_at = $2${sets.join('')} where id = $1`, [
    event.userId,
    event.originalAt ?? at,
    ...fields.map(([field]) => event[field]),
  ])
}

export interface UserRefRow {
  id: string
  name: string | null
  avatar_url: string | null
}

interface ProfileRow extends UserRefRow {
  status_text: string | null
  created_at: Date
  updated_at: Date
}

export const toUserRef = ({ id, name, avatar_url }: UserRefRow): UserRef => ({ id, name, avatarUrl: avatar_url })

const toProfile = (row: ProfileRow): ProfileView => ({ ...toUserRef(row), statusText: row.status_text })

const toOwnProfile = (row: ProfileRow): OwnProfile => ({
  ...toProfile(row),
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})

/**
 * Joins the person (`p`, or `as` told) to whom `userId` names, if there is one. `limit` says nothing new, but keeps Postgres from reading all people
 * to find a few: it believes that hashing a small table is cheap, and does it for each row of what it joins to.
 */
export const joinUser = (table: TableName, userId: string, as = 'p'): string =>
  `left join lateral (select name, avatar_url from ${table('people')} where id = ${userId} limit 1) ${as} on true`

const MAX_FOUND = 50

export function createUserQueries(pool: Pool, table: TableName, checkpoint: string) {
  const people = table('people')

  async function rowsOf(userIds: readonly string[]): Promise<ProfileRow[]> {
    const text = `select * from ${people} where id = any($1::uuid[])`
    return (await pool.query<ProfileRow>({ name: `profiles ${people}`, text, values: [userIds] })).rows
  }

  return {
    async ownProfile(userId: string) {
      const [row] = await rowsOf([userId])
      return row === undefined ? null : toOwnProfile(row)
    },
    profiles: async (userIds: readonly string[]) => (await rowsOf(userIds)).map(toProfile),
    async findProfiles(namePrefix: string) {
      const pattern = namePrefix.toLowerCase().replace(/[\\%_]/g, '\\$&') + '%'
      const { rows } = await pool.query<ProfileRow>(
        // in the index's order, so that not all who match are read
        `select * from ${people} where lower(name) like $1 order by lower(name) using ~<~ limit ${MAX_FOUND}`,
        [pattern],
      )
      return rows.map(toProfile)
    },
    async everyone(limit: number, after: string | null) {
      const { rows } = await pool.query<ProfileRow>({
        name: `everyone ${people}`,
        text: `select * from ${people} where id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') order by id limit $2`,
        values: [after, limit + 1],
      })
      const items = rows.slice(0, limit).map(toOwnProfile)
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
    /** One statement, and so one snapshot, for the rows and the checkpoint. */
    async people(userIds: readonly string[]) {
      const text = `select c.position, p.id, p.name, p.avatar_url from (${checkpoint}) c
                    left join ${people} p on p.id = any($1::uuid[])`
      const { rows } = await pool.query<{ position: string; id: string | null; name: string; avatar_url: string }>({
        name: `persons ${people}`,
        text,
        values: [userIds],
      })
      const found = rows.flatMap(({ id, name, avatar_url }) =>
        id === null ? [] : [[id, toUserRef({ id, name, avatar_url })] as const],
      )
      return { people: new Map(found), checkpoint: rows[0]?.position ?? '' }
    },
  }
}
