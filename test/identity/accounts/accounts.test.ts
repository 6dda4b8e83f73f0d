import { randomUUID } from 'node:crypto'
import { hash as argon2 } from '@node-rs/argon2'
import { expect } from 'chai'
import pg from 'pg'
import {
  createAccounts,
  type Accounts,
  type RegisterUser,
  type RegistrationMode,
} from '../../../src/identity/accounts/accounts.js'
import { makeInvite } from '../../../src/identity/accounts/invites.js'
import { createPasswords } from '../../../src/identity/passwords/passwords.js'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js'

const ada = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' }
const now = new Date('2026-11-22T10:00:00.000Z')
const taken = { code: 'email-taken' }
const refused = { code: 'invalid-credentials' }
const loggedIn = (userId: string) => ({ userId, email: ada.email, passwordChanges: 0 })

describe('accounts', () => {
  let database: TestDatabase
  let pool: pg.Pool
  let accountsIn: (mode: RegistrationMode, registerUser?: RegisterUser) => Accounts
  let accounts: Accounts
  /** Stands for the log: who is registered there, under which name. */
  let registered: Map<string, string>
  /** What each append meets, one after the other: it never arrives, or its answer is lost. */
  let faults: ('before' | 'after')[]
  const checked: (string | null)[] = []

  before(async () => {
    database = await createTestDatabase()
    pool = new pg.Pool({ connectionString: database.url })
    const passwords = createPasswords()
    accountsIn = (mode, registerUser = appendTo) =>
      createAccounts({
        pool,
        passwords: {
          ...passwords,
          verify(passwordHash, password) {
            checked.push(passwordHash)
            return passwords.verify(passwordHash, password)
          },
        },
        mode,
        registerUser,
        newId: randomUUID,
        clock: () => now,
      })
    accounts = accountsIn('open')
  })

  beforeEach(async () => {
    await pool.query('truncate credentials cascade')
    registered = new Map()
    faults = []
    checked.length = 0
  })

  after(async () => {
    await pool.end()
    await database[Symbol.asyncDispose]()
  })

  async function appendTo({ userId, name }: { userId: string; name: string }): Promise<void> {
    const fault = faults.shift()
    if (fault === 'before') throw new Error('outcome-unknown')
    if (!registered.has(userId)) registered.set(userId, name)
    await Promise.resolve()
    if (fault === 'after') throw new Error('outcome-unknown')
  }

  const failing = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'did not fail',
      (error: unknown) => (error as Error).message,
    )

  async function rows(): Promise<{ user_id: string; email: string; status: string; pending_name: string | null }[]> {
    const result = await pool.query('select user_id, email, status, pending_name from credentials order by email')
    return result.rows as Awaited<ReturnType<typeof rows>>
  }

  async function registeredId(): Promise<string> {
    const result = await accounts.register(ada)
    if ('code' in result) throw new Error(result.code)
    return result.userId
  }

  it('a registered user is in the log and can log in', async () => {
    const userId = await registeredId()
    expect([...registered]).to.deep.equal([[userId, 'Ada']])
    expect(await accounts.login(ada)).to.deep.equal(loggedIn(userId))
    expect(await rows()).to.deep.equal([{ user_id: userId, email: ada.email, status: 'active', pending_name: null }])
  })

  it('an address is the same in any spelling', async () => {
    const userId = await registeredId()
    expect(await accounts.login({ ...ada, email: ' ADA@Example.COM ' })).to.deep.equal(loggedIn(userId))
    expect(await accounts.register({ ...ada, email: 'Ada@example.com' })).to.deep.equal(taken)
  })

  it('an active account is never registered again, not even with its password', async () => {
    await registeredId()
    expect(await accounts.register(ada)).to.deep.equal(taken)
    expect(await accounts.register({ ...ada, password: 'another one' })).to.deep.equal(taken)
    expect(registered.size).to.equal(1)
  })

  it('a wrong password and an unknown address get the same refusal, after the same work', async () => {
    await registeredId()
    expect(await accounts.login({ ...ada, password: 'wrong' })).to.include(refused)
    expect(await accounts.login({ ...ada, email: 'bob@example.com' })).to.deep.equal(refused)
    expect(checked).to.have.length(2)
    expect(checked[1]).to.equal(null)
  })

  it('an address is found by the id of its user', async () => {
    expect(await accounts.addressOf(await registeredId())).to.deep.equal({ email: ada.email, isVerified: false })
    expect(await accounts.addressOf(randomUUID())).to.equal(null)
  })

  for (const fault of ['before', 'after'] as const) {
    describe(`when the append fails ${fault} it is done`, () => {
      let userId: string

      beforeEach(async () => {
        faults = [fault]
        expect(await failing(accounts.register(ada))).to.equal('outcome-unknown')
        const [row] = await rows()
        expect(row).to.include({ status: 'pending', pending_name: 'Ada' })
        userId = row!.user_id
      })

      const expectWhole = async (): Promise<void> => {
        expect([...registered]).to.deep.equal([[userId, 'Ada']])
        expect(await rows()).to.deep.equal([
          { user_id: userId, email: ada.email, status: 'active', pending_name: null },
        ])
      }

      it('registering again completes it, under the name given first', async () => {
        expect(await accounts.register({ ...ada, name: 'Ada II' })).to.deep.equal(loggedIn(userId))
        await expectWhole()
      })

      it('logging in completes it', async () => {
        expect(await accounts.login(ada)).to.deep.equal(loggedIn(userId))
        await expectWhole()
      })

      it('it may fail repeatedly', async () => {
        faults = ['before', 'after', 'before']
        expect(await failing(accounts.login(ada))).to.equal('outcome-unknown')
        expect(await failing(accounts.register(ada))).to.equal('outcome-unknown')
        expect(await failing(accounts.login(ada))).to.equal('outcome-unknown')
        expect(await accounts.login(ada)).to.deep.equal(loggedIn(userId))
        await expectWhole()
      })

      it('another password neither takes the address over nor completes it', async () => {
        const stranger = { ...ada, password: 'something else', name: 'Eve' }
        const before = [...registered]
        expect(await accounts.register(stranger)).to.deep.equal(taken)
        expect(await accounts.login(stranger)).to.include(refused)
        expect((await rows())[0]).to.include({ user_id: userId, status: 'pending', pending_name: 'Ada' })
        expect([...registered]).to.deep.equal(before)
      })
    })
  }

  it('a crash after the append and before the row is active: the next login finds the user there', async () => {
    faults = ['before']
    await failing(accounts.register(ada))
    const [row] = await rows()
    registered.set(row!.user_id, 'Ada')
    expect(await accounts.login(ada)).to.deep.equal(loggedIn(row!.user_id))
    expect([...registered]).to.deep.equal([[row!.user_id, 'Ada']])
  })

  it('of many concurrent registrations of one address exactly one succeeds', async () => {
    const all = Array.from({ length: 8 }, (_, n) => ({ ...ada, password: `password ${n}`, name: `Ada ${n}` }))
    const results = await Promise.all(all.map((one) => accounts.register(one)))
    const winners = all.filter((_, index) => 'userId' in results[index]!)
    expect(winners).to.have.length(1)
    expect(results.filter((result) => 'code' in result)).to.deep.equal(Array.from({ length: 7 }, () => taken))
    expect([...registered.values()]).to.deep.equal([winners[0]!.name])
  })

  it('one registration sent many times at once creates one account', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => accounts.register(ada)))
    const [row, ...more] = await rows()
    expect(more).to.deep.equal([])
    expect(row!.status).to.equal('active')
    expect([...registered]).to.deep.equal([[row!.user_id, 'Ada']])
    expect(results.filter((result) => 'userId' in result)).to.deep.equal([loggedIn(row!.user_id)])
    expect(results.filter((result) => 'code' in result)).to.deep.equal(Array.from({ length: 7 }, () => taken))
  })

  it('one registration repeated many times at once after it was interrupted is answered with the account once', async () => {
    faults = ['after']
    await failing(accounts.register(ada))
    const [row] = await rows()
    const results = await Promise.all(Array.from({ length: 8 }, () => accounts.register(ada)))
    expect(results.filter((result) => 'userId' in result)).to.deep.equal([loggedIn(row!.user_id)])
    expect(results.filter((result) => 'code' in result)).to.deep.equal(Array.from({ length: 7 }, () => taken))
  })

  it('a registration is answered with its account also when a login or a start completes it meanwhile', async () => {
    let appended = (): void => undefined
    const hasAppended = new Promise<void>((resolve) => (appended = resolve))
    let goOn = (): void => undefined
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve))
    const slow = accountsIn('open', async (user) => {
      await appendTo(user)
      appended()
      await mayGoOn
    })
    const registering = slow.register(ada)
    await hasAppended
    const [row] = await rows()
    expect(await accounts.login(ada)).to.deep.equal(loggedIn(row!.user_id))
    expect(await accounts.completeAll()).to.deep.equal([])
    goOn()
    expect(await registering).to.deep.equal(loggedIn(row!.user_id))
    expect(await accounts.register(ada)).to.deep.equal(taken)
  })

  it('a hash of a lower cost is renewed at the next login', async () => {
    const userId = await registeredId()
    const hashOf = async (): Promise<string> =>
      (await pool.query<{ hash: string }>('select password_hash as hash from credentials')).rows[0]!.hash
    const present = await hashOf()
    expect(await accounts.login(ada)).to.deep.equal(loggedIn(userId))
    expect(await hashOf()).to.equal(present)

    const old = await argon2(ada.password, { memoryCost: 64, timeCost: 1 })
    await pool.query('update credentials set password_hash = $1', [old])
    expect(await accounts.login({ ...ada, password: 'wrong' })).to.deep.equal({ ...refused, userId })
    expect(await hashOf()).to.equal(old)
    expect(await accounts.login(ada)).to.deep.equal(loggedIn(userId))
    expect(await hashOf()).to.match(/m=19456,t=2,p=1/)
    expect(await accounts.login(ada)).to.deep.equal(loggedIn(userId))
  })

  describe('registration by invite only', () => {
    const invalid = { code: 'invalid-invite' }
    let invited: Accounts
    let invite: string

    beforeEach(async () => {
      await pool.query('truncate invites')
      invited = accountsIn('invite')
      invite = await makeInvite(pool, new Date(now.getTime() + 1))
    })

    it('an invite is valid once', async () => {
      expect(await invited.register({ ...ada, invite })).to.have.property('userId')
      expect(await invited.register({ ...ada, email: 'bob@example.com', invite })).to.deep.equal(invalid)
      expect(await rows()).to.have.length(1)
    })

    it('is refused without an invite, with a wrong or an expired one, and does not reveal existing accounts', async () => {
      await registeredId()
      const late = await makeInvite(pool, now)
      for (const wrong of [undefined, '', 'x', `${invite}x`, late])
        expect(await invited.register({ ...ada, invite: wrong })).to.deep.equal(invalid)
      expect(await rows()).to.have.length(1)
    })

    it('a refused registration does not use up the invite', async () => {
      await registeredId()
      expect(await invited.register({ ...ada, invite })).to.deep.equal(taken)
      expect(await invited.register({ ...ada, email: 'bob@example.com', invite })).to.have.property('userId')
    })

    it('of many concurrent registrations with one invite one succeeds', async () => {
      const all = Array.from({ length: 6 }, (_, n) => ({ ...ada, email: `ada-${n}@example.com`, invite }))
      const results = await Promise.all(all.map((one) => invited.register(one)))
      expect(results.filter((result) => 'userId' in result)).to.have.length(1)
      expect(await rows()).to.have.length(1)
    })

    it('an interrupted registration continues with the invite that it used', async () => {
      faults = ['before']
      expect(await failing(invited.register({ ...ada, invite }))).to.equal('outcome-unknown')
      expect(await invited.register({ ...ada, password: 'another one', invite })).to.deep.equal(invalid)
      const [row] = await rows()
      expect(await invited.register({ ...ada, invite })).to.deep.equal(loggedIn(row!.user_id))
    })

    it('only the hash of an invite is stored', async () => {
      const { rows: kept } = await pool.query<{ row: string }>('select i::text as row from invites i')
      expect(kept).to.have.length(1)
      expect(kept[0]!.row).not.to.include(invite).and.not.to.include(Buffer.from(invite).toString('hex'))
    })
  })

  it('closed registration refuses everyone without hashing; existing users can log in', async () => {
    const userId = await registeredId()
    const closed = accountsIn('closed')
    expect(await closed.register({ ...ada, email: 'bob@example.com' })).to.deep.equal({ code: 'registration-closed' })
    expect(await closed.login(ada)).to.deep.equal(loggedIn(userId))
    expect(await rows()).to.have.length(1)
  })
})
