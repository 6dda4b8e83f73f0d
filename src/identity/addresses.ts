import type { Pool } from 'pg'

/** Whose account it is, as the operator and admins see it. */
export interface Address {
  userId: string
  email: string
}

/** E-mail addresses of many at once; someone without credentials, such as an imported person, has none. */
export interface Addresses {
  of(userIds: readonly string[]): Promise<ReadonlyMap<string, Address>>
}

export function createAddresses(pool: Pool): Addresses {
  return {
    async of(userIds) {
      const { rows } = await pool.query<Address>(
        `select user_id as "userId", email from credentials where user_id = any($1::uuid[])`,
        [userIds],
      )
      return new Map(rows.map((row) => [row.userId, row]))
    },
  }
}
