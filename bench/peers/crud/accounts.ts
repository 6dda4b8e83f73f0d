import { randomUUID } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import type { Database } from './database.js'

export interface User {
  id: string
  email: string
  name: string
}

/** The same cost as Parley's. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Null where the address is taken. */
export async function register(
  database: Database,
  { email, password, name }: { email: string; password: string; name: string },
): Promise<User | null> {
  const id = randomUUID()
  const passwordHash = await hash(password, COST)
  const { rowCount } = await database.query(
    'insert into users (id, email, password_hash, name) values ($1, $2, $3, $4) on conflict (email) do nothing',
    [id, email.toLowerCase(), passwordHash, name],
  )
  return rowCount === 1 ? { id, email, name } : null
}

/** Null for a wrong address or password. */
export async function login(database: Database, email: string, password: string): Promise<User | null> {
  const { rows } = await database.query<User & { password_hash: string }>(
    'select id, email, name, password_hash from users where email = $1',
    [email.toLowerCase()],
  )
  const [found] = rows
  if (found === undefined || !(await verify(found.password_hash, password))) return null
  const { password_hash: _, ...user } = found
  return user
}
