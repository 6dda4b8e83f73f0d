import { type Client, escapeLiteral } from 'pg'

/** Who the application connects as: a role that owns nothing and may do only what it is granted. */
export const APPLICATION_ROLE = 'parley_app'

/** Makes the role, which owns nothing, where it is missing, and gives it this password. */
export async function makeRole(superuser: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await superuser.query('select from pg_roles where rolname = $1', [role])
  const action = rowCount === 0 ? 'create' : 'alter'
  await superuser.query(
    `${action} role ${role} login nosuperuser nocreatedb nocreaterole password ${escapeLiteral(password)}`,
  )
}
