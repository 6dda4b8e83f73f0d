import { expect } from 'chai'
import { migrate, rollback, type Migration } from '../../src/postgres/migrate.js'
import { keysMigrations, mainMigrations } from '../../src/app/migrations.js'
import { connectionsTo, createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'

const table = (name: string): Migration => ({
  name,
  up: (knex) => knex.schema.createTable(name, (columns) => columns.increments()),
  down: (knex) => knex.schema.dropTable(name),
})

/** Everything that migrations made in the database: tables, indexes, sequences, views, functions and types. */
async function objects(url: string): Promise<string[]> {
  const rows = await execute<{ name: string }>(
    url,
    `select name from (
       select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
       union all select proname from pg_proc where pronamespace = 'public'::regnamespace
       union all select typname from pg_type where typnamespace = 'public'::regnamespace and typrelid = 0 and typelem = 0
     ) as object where name not like 'knex_migrations%' order by name`,
  )
  return rows.map(({ name }) => name)
}

const tables = async (url: string): Promise<string[]> =>
  (await objects(url)).filter((name) => ['first', 'second', 'third'].includes(name))

describe('migrations', () => {
  let database: TestDatabase
  beforeEach(async () => (database = await createTestDatabase()))
  afterEach(async () => {
    expect(await connectionsTo(database.url)).to.equal(0)
    await database[Symbol.asyncDispose]()
  })

  it('up then down leaves the main database empty, and up again makes the same', async () => {
    const { url } = database
    const migrated = await objects(url)
    await rollback(url, mainMigrations, mainMigrations.length)
    expect(await objects(url)).to.deep.equal([])
    await migrate(url, mainMigrations)
    expect(await objects(url)).to.deep.equal(migrated)
  })

  it('up then down leaves the keys database empty, and up again makes the same', async () => {
    const { keysUrl: url } = database
    const migrated = await objects(url)
    await rollback(url, keysMigrations, keysMigrations.length)
    expect(await objects(url)).to.deep.equal([])
    await migrate(url, keysMigrations)
    expect(await objects(url)).to.deep.equal(migrated)
  })

  it('runs only new migrations, and rolls back the newest first', async () => {
    await migrate(database.url, [table('first')])
    await migrate(database.url, [table('first'), table('second')])
    expect(await tables(database.url)).to.deep.equal(['first', 'second'])
    await rollback(database.url, [table('first'), table('second')])
    expect(await tables(database.url)).to.deep.equal(['first'])
  })

  it('runs each migration once when several nodes start at once', async () => {
    const list = [table('first'), table('second'), table('third')]
    await execute(database.url, 'drop table knex_migrations, knex_migrations_lock') // as in a database never migrated
    await Promise.all([1, 2, 3, 4].map(() => migrate(database.url, list)))
    expect(await tables(database.url)).to.deep.equal(['first', 'second', 'third'])
  })

  it('leaves neither tables nor a lock after a failure', async () => {
    const broken: Migration = { ...table('second'), up: () => Promise.reject(new Error('disk full')) }
    const failure = await migrate(database.url, [table('first'), broken]).catch((error: unknown) => error)
    expect(failure).to.be.an('error').with.property('message', 'disk full')
    expect(await tables(database.url)).to.deep.equal([])
    await migrate(database.url, [table('first'), table('second')])
    expect(await tables(database.url)).to.deep.equal(['first', 'second'])
  })

  it('starts again after a node that died in the middle of a migration', async () => {
    const dying: Migration = {
      ...table('second'),
      up: async (knex) => knex.raw('select pg_terminate_backend(pg_backend_pid())'),
    }
    expect(await migrate(database.url, [table('first'), dying]).catch((error: unknown) => error)).to.be.an('error')
    await migrate(database.url, [table('first'), table('second')])
    expect(await tables(database.url)).to.deep.equal(['first', 'second'])
  })

  it('lets an older release start on the database of a newer one', async () => {
    await migrate(database.url, [table('first'), table('second')])
    await migrate(database.url, [table('first')])
    expect(await tables(database.url)).to.deep.equal(['first', 'second'])
  })
})
