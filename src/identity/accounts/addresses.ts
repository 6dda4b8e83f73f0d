import type { Pool } from 'pg'
import { normaliseEmail, simplyNormalised } from './email.js'

/** The address of an account, as operators and admins see it. */
export interface Address {
  userId: string
  email: string
  isVerified: boolean
}

/** Addresses of accounts; a user without credentials, such as an imported one, has none. */
export interface Addresses {
  of(userIds: readonly string[]): Promise<ReadonlyMap<string, Address>>
  /** In any spelling. Null if no account has it. */
  find(email: string): Promise<Address | null>
}

const ADDRESS = 'user_id as "userId", email, email_verified_at is not null as "isVerified"'

export function createAddresses(pool: Pool): Addresses {
  return {
    async of(userIds) {
      const text = `select ${ADDRESS} from credentials where user_id = any($1::uuid[])`
      const { rows } = await pool.query<Address>(text, [userIds])
      return new Map(rows.map((row) => [row.userId, row]))
    },
    async find(email) {
      const exact = simplyNormalised(email)
      const text = `select ${ADDRESS} from credentials where email = any($1) and status = 'active'
                    order by email = $2 desc limit 1`
      const { rows } = await pool.query<Address>(text, [[exact, normaliseEmail(email)], exact])
      return rows[0] ?? null
    },
  }
}
