import type { Pool } from 'pg'
import { normaliseEmail } from './email.js'
import type { Passwords } from './passwords.js'

export interface Registration {
  email: string
  password: string
  name: string
}

/** Addresses and passwords are taken in any spelling that means the same; their form is judged at the edge. */
export interface Accounts {
  /**
   * When it throws, the account may be half made: the same call again, or a login with the same password, completes it.
   * @throws TooBusyError
   */
  register(registration: Registration): Promise<{ userId: string } | { code: 'email-taken' }>
  /**
   * The same answer after the same work, whether the address or the password is wrong; `userId` is whose password it was, and not
   * for whoever asked.
   * @throws TooBusyError
   */
  login(credentials: {
    email: string
    password: string
  }): Promise<{ userId: string; email: string } | { code: 'invalid-credentials'; userId?: string }>
  /** Null for someone without credentials, such as an imported person. */
  emailOf(userId: string): Promise<string | null>
}

export interface AccountDeps {
  pool: Pool
  passwords: Passwords
  /** Appends `UserRegistered` to a stream that is not there; resolves also where it is there already. */
  registerUser: (user: { userId: string; name: string }) => Promise<void>
  newId: () => string
}

interface Account {
  userId: string
  email: string
  passwordHash: string
  /** Not null while the account is pending: the log may not hold the person yet. */
  pendingName: string | null
}

/**
 * An account begins as a `pending` row, which takes the address and keeps the name; then the log gets `UserRegistered`; then the row
 * is `active`. Whatever happens between two steps, the next registration or login with the right password goes on from there.
 */
export function createAccounts({ pool, passwords, registerUser, newId }: AccountDeps): Accounts {
  /** Null where the address is taken. */
  async function claim({ email, password, name }: Registration): Promise<Account | null> {
    const passwordHash = await passwords.hash(password)
    const { rows } = await pool.query<Account>(
      `insert into credentials (user_id, email, password_hash, status, pending_name)
       values ($1, $2, $3, 'pending', $4) on conflict (email) do nothing returning ${ACCOUNT}`,
      [newId(), email, passwordHash, name],
    )
    return rows[0] ?? null
  }

  async function find(email: string): Promise<Account | null> {
    const { rows } = await pool.query<Account>(`select ${ACCOUNT} from credentials where email = $1`, [email])
    return rows[0] ?? null
  }

  async function complete({ userId, pendingName }: Account): Promise<void> {
    if (pendingName === null) return
    await registerUser({ userId, name: pendingName })
    await pool.query(`update credentials set status = 'active', pending_name = null where user_id = $1`, [userId])
  }

  return {
    async register({ password, name, ...raw }) {
      const email = normaliseEmail(raw.email)
      const account = (await claim({ email, password, name })) ?? (await unfinished(email, password))
      if (account === null) return { code: 'email-taken' }
      await complete(account)
      return { userId: account.userId }
    },
    async login({ password, ...raw }) {
      const account = await find(normaliseEmail(raw.email))
      const isRight = await passwords.verify(account?.passwordHash ?? null, password)
      if (account === null) return { code: 'invalid-credentials' }
      if (!isRight) return { code: 'invalid-credentials', userId: account.userId }
      await complete(account)
      return { userId: account.userId, email: account.email }
    },
    async emailOf(userId) {
      const { rows } = await pool.query<Account>(`select ${ACCOUNT} from credentials where user_id = $1`, [userId])
      return rows[0]?.email ?? null
    },
  }

  /** The account whose registration did not come to its end; null for anyone who does not know its password. */
  async function unfinished(email: string, password: string): Promise<Account | null> {
    const account = await find(email)
    if (account === null || account.pendingName === null) return null
    return (await passwords.verify(account.passwordHash, password)) ? account : null
  }
}

const ACCOUNT = `user_id as "userId", email, password_hash as "passwordHash", pending_name as "pendingName"`
