import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'

/** Users as others see them. All but the id is null for someone whose personal data was destroyed. */
export const usersPart = {
  tables: ['users'],
  schema: (table: TableName): string => `
    create table ${table('users')} (
      id uuid primary key,
      name text,
      avatar_url text,
      status_text text,
      addable_by text not null default 'everyone',
      owner_id uuid,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );`,
  apply: { UserRegistered: insertUser, ProfileChanged: changeProfile, UserErased: eraseUser },
} satisfies Part

async function insertUser({ event, at }: Placed<'UserRegistered'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query({
    name: `insert ${table('users')}`,
    text: `insert into ${table('users')} (id, name, owner_id, created_at, updated_at) values ($1, $2, $3, $4, $4)`,
    values: [event.userId, event.name, event.ownerId ?? null, at],
  })
}

const COLUMNS = { name: 'name', avatarUrl: 'avatar_url', statusText: 'status_text', addableBy: 'addable_by' } as const

/** Chat lists, messages and participants need no change: they join the user when they are read. */
async function changeProfile({ event, at }: Placed<'ProfileChanged'>, { tx, table }: ApplyContext): Promise<void> {
  const fields = Object.entries(COLUMNS).filter(([field]) => field in event) as [keyof typeof COLUMNS, string][]
  const sets = fields.map(([, column], index) => `, ${column} = $${index + 3}`)
  const values = [event.userId, at, ...fields.map(([field]) => event[field])]
  await tx.query(`update ${table('users')} set updated_at = $2${sets.join('')} where id = $1`, values)
}

async function eraseUser({ event, at }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `update ${table('users')} set name = null, avatar_url = null, status_text = null, updated_at = $2 where id = $1`
  await tx.query(text, [event.userId, at])
}
