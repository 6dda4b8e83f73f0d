import { expect } from 'chai'
import { migrate, rollback, type Migration } from '../../src/postgres/migrate.js'
import { keysMigrations, mainMigrations } from '../../src/app/migrations.js'
import { connectionsTo, createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'

const table = (name: string): Migration => ({
  name,
  up: (knex) => knex.schema.createTable(name, (columns) => columns.increments()),
  down: (knex) => knex.schema.dropTable(name),
})

/** Everything that migrations made in the database, as a dump of the schema has it: columns, indexes, constraints, functions, comments. */
async function schema(url: string): Promise<string[]> {
  const rows = await execute<{ line: string }>(
    url,
    `select line from (
       select format('%s %s: %s', relkind, relname, relreplident) as line, relname as name
         from pg_class where relnamespace = 'public'::regnamespace
       union all select format('column %s.%s %s %s %s %s', relname, attname, format_type(atttypid, atttypmod), attnotnull,
           pg_get_expr(adbin, adrelid), col_description(c.oid, attnum)), relname
         from pg_class c join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
         left join pg_attrdef on adrelid = c.oid and adnum = attnum
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
       union all select pg_get_indexdef(indexrelid), indrelid::regclass::text from pg_index
         where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
       union all select format('%s %s', conname, pg_get_constraintdef(oid)), conrelid::regclass::text
         from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0
       union all select pg_get_functiondef(oid), proname from pg_proc where pronamespace = 'public'::regnamespace
       union all select format('type %s %s', typname, typtype), typname from pg_type
         where typnamespace = 'public'::regnamespace and typrelid = 0 and typelem = 0
     ) as described where name not like 'knex_migrations%' order by line`,
  )
  return rows.map(({ line }) => line)
}

const tables = async (url: string): Promise<string[]> =>
  (
    await execute<{ relname: string }>(
      url,
      `select relname from pg_class where relname in ('first', 'second', 'third') order by relname`,
    )
  ).map(({ relname }) => relname)

/** Goes down one migration at a time, and up again with each: the schema is what it was. */
async function expectReversible(url: string, migrations: readonly Migration[]): Promise<void> {
  const whole = await schema(url)
  for (let left = migrations.length; left > 0; left--) {
    const before = await schema(url)
    await rollback(url, migrations)
    const after = await schema(url)
    await migrate(url, migrations.slice(0, left))
    expect(await schema(url), migrations[left - 1]?.name).to.deep.equal(before)
    await rollback(url, migrations)
    expect(await schema(url), migrations[left - 1]?.name).to.deep.equal(after)
  }
  expect(await schema(url)).to.deep.equal([])
  await migrate(url, migrations)
  expect(await schema(url)).to.deep.equal(whole)
}

describe('migrations', () => {
  let database: TestDatabase
  beforeEach(async () => (database = await createTestDatabase()))
  afterEach(async () => {
    expect(await connectionsTo(database.url)).to.equal(0)
    await database[Symbol.asyncDispose]()
  })

  it('up, down and up again makes the same schema of the main database, one at a time and all together', () =>
    expectReversible(database.url, mainMigrations)).timeout(120_000)

  it('up, down and up again makes the same schema of the keys database, one at a time and all together', () =>
    expectReversible(database.keysUrl, keysMigrations)).timeout(120_000)

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
