import { type Client, escapeLiteral } from 'pg'

/** Who the application connects as: a role that owns nothing and may do only what it is granted. */
export const APPLICATION_ROLE = 'parley_app'

/** Makes the role where it is missing, and gives it this password. */
export async function makeApplicationRole(superuser: Client, password: string): Promise<void> {
  const { rowCount } = await superuser.query('select from pg_roles where rolname = $1', [APPLICATION_ROLE])
  const action = rowCount === 0 ? 'create' : 'alter'
  await superuser.query(
    `${action} role ${APPLICATION_ROLE} login nosuperuser nocreatedb nocreaterole password ${escapeLiteral(password)}`,
  )
}
