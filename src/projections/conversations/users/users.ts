import type { TableName } from '../../engine/projection.js'
import { newUsersIn, type ApplyContext, type BulkEvent, type Part, type Placed } from '../part.js'

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
      show_presence boolean not null default true,
      owner_id uuid,
      is_hidden boolean not null default false,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index on ${table('users')} (owner_id) where owner_id is not null;`,
  apply: { ProfileChanged: changeProfile, UserErasureRequested: hideUser, UserErased: eraseUser },
  applyBulk: insertUsers,
} satisfies Part

async function insertUsers(events: readonly BulkEvent[], { tx, table }: ApplyContext): Promise<void> {
  const rows = newUsersIn(events).map(({ event: { userId: id, name, ownerId: owner_id }, at }) => ({
    id,
    name,
    owner_id,
    at,
  }))
  if (rows.length === 0) return
  await tx.query({
    name: `insert ${table('users')}`,
    text: `insert into ${table('users')} (id, name, owner_id, created_at, updated_at)
           select id, name, owner_id, at, at from json_to_recordset($1)
             as row(id uuid, name text, owner_id uuid, at timestamptz)`,
    values: [JSON.stringify(rows)],
  })
}

const COLUMNS = {
  name: 'name',
  avatarUrl: 'avatar_url',
  statusText: 'status_text',
  addableBy: 'addable_by',
  showPresence: 'show_presence',
} as const

/** Chat lists, messages and participants need no change: they join the user when they are read. */
async function changeProfile({ event, at }: Placed<'ProfileChanged'>, { tx, table }: ApplyContext): Promise<void> {
  const fields = Object.entries(COLUMNS).filter(([field]) => field in event) as [keyof typeof COLUMNS, string][]
  const sets = fields.map(([, column], index) => `, ${column} = $${index + 3}`)
  const values = [event.userId, at, ...fields.map(([field]) => event[field])]
  await tx.query(`update ${table('users')} set updated_at = $2${sets.join('')} where id = $1 and not is_hidden`, values)
}

/** The account is closed for good: nobody is shown its name any more, nor those of its bots, also where a hold delays the erasure. */
async function hideUser({ event, at }: Placed<'UserErasureRequested'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `update ${table('users')} set is_hidden = true, name = null, avatar_url = null, status_text = null, updated_at = $2
                where id = $1 or owner_id = $1`
  await tx.query(text, [event.userId, at])
}

async function eraseUser({ event, at }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `update ${table('users')} set name = null, avatar_url = null, status_text = null, updated_at = $2 where id = $1`
  await tx.query(text, [event.userId, at])
}
