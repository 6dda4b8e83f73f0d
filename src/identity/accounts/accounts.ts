import type { Pool } from 'pg'
import type { RequestInfo } from '../../domain/client-info.js'
import { normaliseEmail, simplyNormalised } from './email.js'
import { isGoodInvite, useInvite } from './invites.js'
import { TooBusyError, type Passwords } from '../passwords/passwords.js'
import { inTransaction } from '../../postgres/transaction.js'

export interface Registration {
  email: string
  password: string
  name: string
  /** Required when `REGISTRATION` is `invite`. */
  invite?: string | undefined
}

/** Who may register: everyone, holders of an invite, or nobody. */
export type RegistrationMode = 'open' | 'invite' | 'closed'

/** An account whose password has just been verified. */
export interface AuthenticatedAccount {
  userId: string
  email: string
  /** How often the password had been changed when it was verified. */
  passwordChanges: number
}

export type RegistrationRefusal = { code: 'email-taken' | 'registration-closed' | 'invalid-invite' }

/** Addresses and passwords are normalised here; their form is validated at the edge. */
export interface Accounts {
  /**
   * When it throws, the account may be incomplete: the same call again, or a login with the same password, completes it.
   * @throws TooBusyError
   */
  register(registration: Registration, request?: RequestInfo): Promise<AuthenticatedAccount | RegistrationRefusal>
  /**
   * The same work whether the address or the password is wrong. `userId` is the account, for the audit; it must not be shown to the
   * client.
   * @throws TooBusyError
   */
  login(
    credentials: { email: string; password: string },
    request?: RequestInfo,
  ): Promise<AuthenticatedAccount | { code: 'invalid-credentials'; userId?: string }>
  /** Null for a user without credentials, such as an imported one. */
  addressOf(userId: string): Promise<{ email: string; isVerified: boolean } | null>
  /** Completes accounts that a crash left incomplete. Returns those for which it failed. */
  completeAll(): Promise<{ userId: string; error: unknown }[]>
}

/** `request`: the one that registers the user, or that completes an interrupted registration; absent where there is none. */
export type RegisterUser = (user: { userId: string; name: string }, request?: RequestInfo) => Promise<void>

export interface AccountDeps {
  pool: Pool
  passwords: Passwords
  mode: RegistrationMode
  /** Appends `UserRegistered`, unless it was appended already. */
  registerUser: RegisterUser
  newId: () => string
  clock: () => Date
}

interface Account extends AuthenticatedAccount {
  passwordHash: string
  /** Not null while the account is pending: the log may not contain the user yet. */
  pendingName: string | null
  /** Whether a registration was answered with this account: it is the answer to one of them only. */
  isAnswered: boolean
}

/**
 * An account begins as a `pending` row, which reserves the address and keeps the name; then `UserRegistered` is appended; then the row
 * becomes `active`. After a crash between two steps, the next registration or login with the right password continues from there, and so
 * does the next start. Of registrations that are repeated, also at the same moment, one is answered with the account.
 */
export function createAccounts({ pool, passwords, mode, registerUser, newId, clock }: AccountDeps): Accounts {
  /** Reserves the address and uses up the invite, or neither. */
  async function claim({ email, password, name, invite = '' }: Registration): Promise<Account | RegistrationRefusal> {
    // Hashing is expensive, so an invalid invite is refused first.
    if (mode === 'invite' && !(await isGoodInvite(pool, invite, clock()))) return { code: 'invalid-invite' }
    const passwordHash = await passwords.hash(password)
    const userId = newId()
    return inTransaction(pool, async (tx) => {
      if (mode === 'invite' && !(await useInvite(tx, invite, userId, clock())))
        throw new RegistrationRefusedError('invalid-invite')
      const { rows } = await tx.query<Account>(
        `insert into credentials (user_id, email, password_hash, status, pending_name, registration_answered)
         values ($1, $2, $3, 'pending', $4, false) on conflict (email) do nothing returning ${ACCOUNT}`,
        [userId, email, passwordHash, name],
      )
      if (rows[0] === undefined) throw new RegistrationRefusedError('email-taken')
      return rows[0]
    }).catch((error: unknown) => {
      if (error instanceof RegistrationRefusedError) return { code: error.code }
      throw error
    })
  }

  /** By the exact spelling first, which accounts that share a mailbox with another are known by. */
  async function find(raw: string): Promise<Account | null> {
    const { rows } = await pool.query<Account>(
      `select ${ACCOUNT} from credentials where email = any($1) order by email = $2 desc limit 1`,
      [[simplyNormalised(raw), normaliseEmail(raw)], simplyNormalised(raw)],
    )
    return rows[0] ?? null
  }

  async function complete(
    { userId, pendingName }: Pick<Account, 'userId' | 'pendingName'>,
    request?: RequestInfo,
  ): Promise<void> {
    if (pendingName === null) return
    await registerUser({ userId, name: pendingName }, request)
    await pool.query(`update credentials set status = 'active', pending_name = null where user_id = $1`, [userId])
  }

  /** Completes an account for a registration. False where another registration was answered with it. */
  async function completeAsAnswer({ userId, pendingName }: Account, request?: RequestInfo): Promise<boolean> {
    if (pendingName !== null) await registerUser({ userId, name: pendingName }, request)
    const { rowCount } = await pool.query(
      `update credentials set status = 'active', pending_name = null, registration_answered = true
       where user_id = $1 and not registration_answered`,
      [userId],
    )
    return rowCount === 1
  }

  /** The account, if no registration was answered with it yet and the password is right. */
  async function findUnanswered(email: string, password: string): Promise<Account | null> {
    const account = await find(email)
    if (account === null || account.isAnswered) return null
    return (await passwords.verify(account.passwordHash, password)) ? account : null
  }

  /** The cost parameters may have been raised since. If the server is busy, the hash is renewed at the next login. */
  async function renewHash({ userId, passwordHash }: Account, password: string): Promise<void> {
    if (!passwords.isOutdated(passwordHash)) return
    try {
      const renewed = await passwords.hash(password)
      await pool.query('update credentials set password_hash = $3 where user_id = $1 and password_hash = $2', [
        userId,
        passwordHash,
        renewed,
      ])
    } catch (error) {
      if (!(error instanceof TooBusyError)) throw error
    }
  }

  return {
    async register({ email: raw, ...rest }, request) {
      if (mode === 'closed') return { code: 'registration-closed' }
      const email = normaliseEmail(raw)
      const claimed = await claim({ email, ...rest })
      const refusal = 'code' in claimed ? claimed : ({ code: 'email-taken' } as const)
      const account = 'code' in claimed ? await findUnanswered(email, rest.password) : claimed
      if (account === null || !(await completeAsAnswer(account, request))) return refusal
      return authenticated(account)
    },
    async login({ password, ...raw }, request) {
      const account = await find(raw.email)
      const isRight = await passwords.verify(account?.passwordHash ?? null, password)
      if (account === null) return { code: 'invalid-credentials' }
      if (!isRight) return { code: 'invalid-credentials', userId: account.userId }
      await renewHash(account, password)
      await complete(account, request)
      return authenticated(account)
    },
    async addressOf(userId) {
      const { rows } = await pool.query<{ email: string; isVerified: boolean }>(
        `select email, email_verified_at is not null as "isVerified" from credentials where user_id = $1`,
        [userId],
      )
      return rows[0] ?? null
    },
    async completeAll() {
      const { rows } = await pool.query<Account>(
        `select ${ACCOUNT} from credentials where status = 'pending' order by created_at limit ${MAX_PER_RUN}`,
      )
      const failures: { userId: string; error: unknown }[] = []
      for (const account of rows)
        await complete(account).catch((error: unknown) => failures.push({ userId: account.userId, error }))
      return failures
    },
  }
}

const authenticated = ({ userId, email, passwordChanges }: Account): AuthenticatedAccount => ({
  userId,
  email,
  passwordChanges,
})

/** Rolls the transaction back; caught in this file. */
class RegistrationRefusedError extends Error {
  override readonly name = 'RegistrationRefusedError'
  constructor(readonly code: RegistrationRefusal['code']) {
    super(code)
  }
}

const MAX_PER_RUN = 1_000

const ACCOUNT = `user_id as "userId", email, password_hash as "passwordHash", pending_name as "pendingName",
  password_changes as "passwordChanges", registration_answered as "isAnswered"`
