import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import pg from 'pg'
import { createAccounts, type Accounts } from '../../src/identity/accounts.js'
import { createPasswords } from '../../src/identity/passwords.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'

const ada = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' }
const taken = { code: 'email-taken' }
const refused = { code: 'invalid-credentials' }

describe('accounts', () => {
  let database: TestDatabase
  let pool: pg.Pool
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
    accounts = createAccounts({
      pool,
      passwords: {
        hash: passwords.hash,
        verify(passwordHash, password) {
          checked.push(passwordHash)
          return passwords.verify(passwordHash, password)
        },
      },
      registerUser: appendTo,
      newId: randomUUID,
    })
  })

  beforeEach(async () => {
    await pool.query('truncate credentials')
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

  it('who registers is in the log and can log in', async () => {
    const userId = await registeredId()
    expect([...registered]).to.deep.equal([[userId, 'Ada']])
    expect(await accounts.login(ada)).to.deep.equal({ userId, email: ada.email })
    expect(await rows()).to.deep.equal([{ user_id: userId, email: ada.email, status: 'active', pending_name: null }])
  })

  it('an address is the same however it is written', async () => {
    const userId = await registeredId()
    expect(await accounts.login({ ...ada, email: ' ADA@Example.COM ' })).to.deep.equal({ userId, email: ada.email })
    expect(await accounts.register({ ...ada, email: 'Ada@example.com' })).to.deep.equal(taken)
  })

  it('an active account is never registered again, not even with its password', async () => {
    await registeredId()
    expect(await accounts.register(ada)).to.deep.equal(taken)
    expect(await accounts.register({ ...ada, password: 'another one' })).to.deep.equal(taken)
    expect(registered.size).to.equal(1)
  })

  it('a wrong password and an unknown address are refused alike, after the same work', async () => {
    await registeredId()
    expect(await accounts.login({ ...ada, password: 'wrong' })).to.include(refused)
    expect(await accounts.login({ ...ada, email: 'bob@example.com' })).to.deep.equal(refused)
    expect(checked).to.have.length(2)
    expect(checked[1]).to.equal(null)
  })

  it('an address is known by the id of its person', async () => {
    expect(await accounts.emailOf(await registeredId())).to.equal(ada.email)
    expect(await accounts.emailOf(randomUUID())).to.equal(null)
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
        expect(await accounts.register({ ...ada, name: 'Ada II' })).to.deep.equal({ userId })
        await expectWhole()
      })

      it('logging in completes it', async () => {
        expect(await accounts.login(ada)).to.deep.equal({ userId, email: ada.email })
        await expectWhole()
      })

      it('it may fail again and again', async () => {
        faults = ['before', 'after', 'before']
        expect(await failing(accounts.login(ada))).to.equal('outcome-unknown')
        expect(await failing(accounts.register(ada))).to.equal('outcome-unknown')
        expect(await failing(accounts.login(ada))).to.equal('outcome-unknown')
        expect(await accounts.login(ada)).to.deep.equal({ userId, email: ada.email })
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

  it('a crash after the append and before the row is active: the next login finds the person there', async () => {
    faults = ['before']
    await failing(accounts.register(ada))
    const [row] = await rows()
    registered.set(row!.user_id, 'Ada')
    expect(await accounts.login(ada)).to.deep.equal({ userId: row!.user_id, email: ada.email })
    expect([...registered]).to.deep.equal([[row!.user_id, 'Ada']])
  })

  it('of many who register one address at once, exactly one gets it', async () => {
    const all = Array.from({ length: 8 }, (_, n) => ({ ...ada, password: `password ${n}`, name: `Ada ${n}` }))
    const results = await Promise.all(all.map((one) => accounts.register(one)))
    const winners = all.filter((_, index) => 'userId' in results[index]!)
    expect(winners).to.have.length(1)
    expect(results.filter((result) => 'code' in result)).to.deep.equal(Array.from({ length: 7 }, () => taken))
    expect([...registered.values()]).to.deep.equal([winners[0]!.name])
  })

  it('one registration sent many times at once makes one account', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => accounts.register(ada)))
    const [row, ...more] = await rows()
    expect(more).to.deep.equal([])
    expect(row!.status).to.equal('active')
    expect([...registered]).to.deep.equal([[row!.user_id, 'Ada']])
    const got = results.flatMap((result) => ('userId' in result ? result.userId : []))
    expect(got.length).to.be.at.least(1)
    expect(new Set(got)).to.deep.equal(new Set([row!.user_id]))
  })
})
