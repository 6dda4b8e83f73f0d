import { expect } from 'chai'
import pg from 'pg'
import { randomUUID } from 'node:crypto'
import { findSharedMailboxes } from '../../../src/identity/accounts/stored-spelling.js'
import { identityMigrations } from '../../../src/identity/migrations.js'
import { mainMigrations } from '../../../src/app/migrations.js'
import { migrate } from '../../../src/postgres/migrate.js'
import { startTestApp } from '../../support/test-app.js'
import { createTestDatabase } from '../../support/test-database.js'

const NAME = 'identity-004-normal-addresses'

interface Row {
  email: string
  day: number
  isVerified?: boolean
}

describe('addresses stored by earlier releases', () => {
  let pool: pg.Pool
  let database: Awaited<ReturnType<typeof createTestDatabase>>

  beforeEach(async () => {
    database = await createTestDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 2 })
    await pool.query('alter table credentials drop column shares_mailbox')
    await pool.query('delete from knex_migrations where name = $1', [NAME])
  })
  afterEach(async () => {
    await pool.end()
    await database[Symbol.asyncDispose]()
  })

  async function insert({ email, day, isVerified = false }: Row): Promise<string> {
    const id = randomUUID()
    const at = new Date(Date.UTC(2026, 0, day))
    await pool.query(
      `insert into credentials (user_id, email, password_hash, status, created_at, email_verified_at)
       values ($1, $2, 'none', 'active', $3, $4)`,
      [id, email, at, isVerified ? at : null],
    )
    return id
  }
  const spellings = async (...ids: string[]): Promise<string[]> => {
    const { rows } = await pool.query<{ email: string }>(
      'select email from credentials where user_id = any($1) order by array_position($1, user_id)',
      [ids],
    )
    return rows.map(({ email }) => email)
  }
  const update = () => migrate(database.url, mainMigrations)

  it('are changed by a migration of this name', () =>
    expect(identityMigrations.map(({ name }) => name)).to.include(NAME))

  it('are normalised, also with brackets, non-ASCII letters, a trailing dot or full-width characters', async () => {
    const rows = [
      '<a@example.com>',
      'b@ｅxample.com',
      'c@example.com.',
      'd@bücher.example',
      'é@example.com',
      'f@example.com',
    ]
    const ids = []
    for (const [day, email] of rows.entries()) ids.push(await insert({ email, day: day + 1 }))
    await update()
    expect(await spellings(...ids)).to.deep.equal([
      'a@example.com',
      'b@example.com',
      'c@example.com',
      'd@xn--bcher-kva.example',
      'é@example.com',
      'f@example.com',
    ])
    expect(await findSharedMailboxes(pool)).to.deep.equal([])
  })

  it('go to the oldest verified account on a collision; the others keep their spelling and are reported', async () => {
    const oldest = await insert({ email: '<x@example.com>', day: 1 })
    const verified = await insert({ email: 'x@example.com.', day: 2, isVerified: true })
    const later = await insert({ email: 'x@ｅxample.com', day: 3, isVerified: true })
    await update()
    expect(await spellings(oldest, verified, later)).to.deep.equal([
      '<x@example.com>',
      'x@example.com',
      'x@ｅxample.com',
    ])
    expect(await findSharedMailboxes(pool)).to.deep.equal([oldest, later])
  })

  it('go to the oldest account where none is verified, unless one already has the normal form', async () => {
    const [older, younger] = [
      await insert({ email: 'y@example.com.', day: 1 }),
      await insert({ email: '<y@example.com>', day: 2 }),
    ]
    const [foreign, normal] = [
      await insert({ email: 'z@bücher.example', day: 1, isVerified: true }),
      await insert({ email: 'z@xn--bcher-kva.example', day: 2 }),
    ]
    await update()
    expect(await spellings(older, younger)).to.deep.equal(['y@example.com', '<y@example.com>'])
    expect(await spellings(foreign, normal)).to.deep.equal(['z@bücher.example', 'z@xn--bcher-kva.example'])
    expect(await findSharedMailboxes(pool)).to.have.members([younger, foreign])
  })
})

describe('one mailbox, one account', () => {
  it('all spellings of an address register and log in to the same account; an account that shares it logs in by its own', async () => {
    await using parley = await startTestApp()
    const post = (path: string, email: string, password = 'correct horse') =>
      parley.call('POST', path, { body: { email, password, ...(path === '/auth/register' && { name: 'Ada' }) } })
    const { body } = await post('/auth/register', 'Ada@Bücher.example.')
    const { user } = body as { user: { id: string; email: string } }
    expect(user.email).to.equal('ada@xn--bcher-kva.example')
    for (const same of [
      'ada@bücher.example',
      ' ADA@XN--BCHER-KVA.EXAMPLE',
      'ada@bu\u0308cher.example',
      'ada@bücher。example',
    ]) {
      expect((await post('/auth/register', same)).body).to.include({ status: 409, code: 'email-taken' })
      expect((await post('/auth/login', same)).body).to.have.nested.property('user.id', user.id)
    }
    for (const refused of [
      '<ada@bücher.example>',
      'ada@bücher.example>',
      'ada@exa mple.com',
      'ada@example.com/x',
      'ada@[192.0.2.1]',
    ])
      expect((await post('/auth/register', refused)).body, refused).to.include({
        status: 400,
        code: 'validation-failed',
      })

    const other = await parley.register('Other')
    const pool = parley.app.core.databases.main
    const spelled = 'ada@bücher.example'
    await pool.query('update credentials set email = $2, shares_mailbox = true where user_id = $1', [other.id, spelled])
    expect((await post('/auth/login', spelled)).body).to.have.nested.property('user.id', other.id)
    expect((await post('/auth/login', 'ada@xn--bcher-kva.example')).body).to.have.nested.property('user.id', user.id)
    await parley.restart(() => Promise.resolve())
    expect(parley.printed.join('\n')).to.include(other.id).and.to.not.include(user.id)
  })
})
