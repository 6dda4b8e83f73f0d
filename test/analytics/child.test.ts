import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { prepareTables } from '../../src/analytics/database/prepare-tables.js'
import { BUILD_SCHEMA, SCHEMA } from '../../src/analytics/database/schemas.js'
import { describeFailure, findLine } from '../../src/analytics/child/describe-failure.js'
import { openGeneration, type OpenGeneration } from '../../src/analytics/child/open-generation.js'
import type { ProjectionEvent, ProjectionFile } from '../../src/analytics/projection-file.js'
import { createPool } from '../../src/postgres/pool.js'
import { createTestDatabase, execute, type TestDatabase } from '../support/test-database.js'

/** Where the generation is built. */
const BUILD = `${BUILD_SCHEMA}_1`
const TABLES = 'create table seen (position text primary key)'

const event = (position: string): ProjectionEvent =>
  ({ type: 'ParticipantLeft', position, stream: 'chat-1', data: {} }) as unknown as ProjectionEvent

/** What the process of an analyst's projection does, here without the process. */
describe("a generation of an analyst's projection", () => {
  let database: TestDatabase
  let folder: string
  let url: string
  const opened: OpenGeneration[] = []

  before(async () => {
    database = await createTestDatabase()
    folder = await mkdtemp(join(tmpdir(), 'parley-child-'))
    url = pathToFileURL(join(folder, 'seen.mjs')).href
    await execute(database.url, `create schema ${SCHEMA}; create schema ${BUILD_SCHEMA}; create schema ${BUILD}`)
    const pool = createPool({ connectionString: database.url, max: 1 })
    await prepareTables(pool)
    await pool.end()
  })
  beforeEach(() =>
    execute(
      database.url,
      `delete from analytics_build.checkpoints; drop schema ${BUILD} cascade; create schema ${BUILD};
       insert into analytics_build.checkpoints (name, version, generation, schema, position, began_position)
       values ('seen', 1, 1, '${BUILD}', '0', '0')`,
    ),
  )
  afterEach(async () => {
    for (const generation of opened.splice(0)) await generation[Symbol.asyncDispose]()
  })
  after(async () => {
    await rm(folder, { recursive: true })
    await database[Symbol.asyncDispose]()
  })

  async function open(file: Partial<ProjectionFile> = {}): Promise<OpenGeneration> {
    const exports: ProjectionFile = {
      version: 1,
      events: ['ParticipantLeft'],
      tables: TABLES,
      async apply(events, sql) {
        for (const { position } of events) await sql`insert into seen values (${position})`
      },
      ...file,
    }
    await writeFile(join(folder, 'seen.mjs'), `\n\nexport const tables = \`${exports.tables}\`\n`)
    const generation = await openGeneration({ url, exports }, { url: database.url, name: 'seen', generation: 1 })
    opened.push(generation)
    return generation
  }

  const batch = (from: string, to: string, ...positions: string[]) => ({
    schema: BUILD,
    from,
    to,
    events: positions.map(event),
  })

  const positions = async (): Promise<string[]> =>
    (await execute<{ position: string }>(database.url, `select position from ${BUILD}.seen order by 1`)).map(
      ({ position }) => position,
    )

  const failureOf = async (work: Promise<unknown>): Promise<ReturnType<typeof describeFailure>> =>
    describeFailure(
      await work.then(
        () => expect.fail('it did not fail'),
        (error: unknown) => error,
      ),
      url,
    )

  it('makes its tables once, names them in its checkpoint, and applies each batch once', async () => {
    const generation = await open()
    expect(await generation.apply(batch('0', '2', '1', '2'))).to.equal('applied')
    expect(await generation.apply(batch('0', '2', '1', '2'))).to.equal('moved')
    expect(await (await open()).apply(batch('2', '3', '3'))).to.equal('applied')
    expect(await generation.apply(batch('3', '4'))).to.equal('applied')
    expect(await positions()).to.deep.equal(['1', '2', '3'])
    const [row] = await execute(database.url, 'select position, relations from analytics_build.checkpoints')
    expect(row).to.deep.equal({ position: '4', relations: ['seen'] })
  })

  it('leaves nothing of a batch that fails, and says where in the file it did', async () => {
    const generation = await open({
      async apply(events, sql) {
        for (const { position } of events) await sql`insert into seen values (${position})`
        await sql`insert into seen values (${events[0]?.position})`
      },
    })
    const failure = await failureOf(generation.apply(batch('0', '1', '1')))
    expect(failure).to.include({ code: '23505', file: 'seen.mjs', isPassing: false })
    expect(await positions()).to.deep.equal([])
  })

  it('fails where a statement was not awaited', async () => {
    const generation = await open({
      apply(_, sql) {
        void sql`select 1 / 0`.catch(() => undefined)
      },
    })
    expect((await failureOf(generation.apply(batch('0', '1', '1')))).message).to.match(/await each sql/)
  })

  it('runs one statement at a time, in the transaction of the batch', async () => {
    for (const statement of ['commit', ' Rollback', 'begin', 'savepoint one', "prepare transaction 'x'"]) {
      const generation = await open({
        async apply(_, sql) {
          await sql([statement] as never)
        },
      })
      expect((await failureOf(generation.apply(batch('0', '1', '1')))).message, statement).to.match(
        /in one transaction/,
      )
    }
    const several = await open({
      async apply(_, sql) {
        await sql(['select 1; select 2'] as never)
      },
    })
    expect((await failureOf(several.apply(batch('0', '1', '1')))).code).to.equal('42601')
    const called = await open({
      async apply(_, sql) {
        await sql('select 1' as never)
      },
    })
    expect((await failureOf(called.apply(batch('0', '1', '1')))).message).to.match(/tag for templates/)
  })

  it('names the line of its tables that Postgres refuses, and refuses tables that are none', async () => {
    const wrong = await failureOf(open({ tables: 'create table seen (\n  position text,\n  wrong nothing_such)' }))
    expect(wrong).to.include({ code: '42704', file: 'seen.mjs', line: 5 })
    const none = await failureOf(open({ tables: 'select 1' }))
    expect(none).to.include({ code: 'TypeError', message: 'tables creates no table', file: 'seen.mjs' })
  })

  const REFUSED: Record<string, [tables: string, finding: RegExp]> = {
    'a function': ["create function one() returns int language sql as 'select 1'", /creates function one\(\)/],
    'a type': ["create type mood as enum ('good')", /creates type mood/],
    'a sequence without a table': ['create sequence numbers', /creates sequence numbers/],
    'a table in another schema': ['create table analytics.other (id int)', /creates table analytics.other outside/],
    'a temporary table': ['create temporary table other (id int)', /creates table other outside/],
    "a view on another projection's table": [
      'create view v as select * from analytics.whole',
      /refers to analytics.whole/,
    ],
    "a reference to another projection's table": [
      'create table t (id int references analytics.whole)',
      /refers to analytics.whole/,
    ],
    'the end of the transaction': ['commit; create table later (id int)', /must not end/],
  }

  for (const [what, [statement, finding]] of Object.entries(REFUSED))
    it(`refuses ${what} in its tables, which the next rebuild could not replace`, async () => {
      await execute(database.url, 'create table if not exists analytics.whole (id int primary key)')
      const { code, message } = await failureOf(open({ tables: `${TABLES}; ${statement}` }))
      expect(code).to.equal('TypeError')
      expect(message).to.match(finding)
    })

  it('takes sequences, indexes and views that go with its tables', async () => {
    const generation = await open({
      tables: `${TABLES}; create table numbered (id serial primary key, n int generated always as identity);
        create index on numbered (n); create view all_seen as select * from seen; create materialized view kept as select * from seen`,
    })
    expect(await generation.apply(batch('0', '1', '1'))).to.equal('applied')
    const [row] = await execute(database.url, 'select relations from analytics_build.checkpoints')
    expect(row).to.deep.equal({ relations: ['all_seen', 'kept', 'numbered', 'seen'] })
  })

  it("refuses a name that another projection's table or index has, and names it", async () => {
    await execute(
      database.url,
      `create table if not exists analytics.others (id int, constraint taken_key primary key (id));
       insert into analytics_build.checkpoints (name, version, generation, schema, position, began_position, relations)
       values ('other', 1, 1, 'analytics', '0', '0', '{others}')`,
    )
    const table = await failureOf(open({ tables: 'create table others (id int)' }))
    expect(table).to.include({ code: 'name-taken', file: 'seen.mjs', line: 3 })
    expect(table.message).to.match(/^analytics.others exists already and is of the projection other/)
    const index = await failureOf(open({ tables: `${TABLES}; create index taken_key on seen (position)` }))
    expect(index.message).to.match(/^analytics.taken_key exists already and is of the projection other/)
  })

  it('tells what an error is, whatever was thrown', () => {
    expect(describeFailure('text', url)).to.deep.equal({
      code: 'Thrown',
      message: 'not an error, but string',
      file: 'seen.mjs',
      line: null,
      isPassing: false,
    })
    const away = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })
    expect(describeFailure(away, url)).to.include({ code: 'ECONNREFUSED', isPassing: true })
    const denied = Object.assign(new Error('Use --allow-fs-write'), { code: 'ERR_ACCESS_DENIED' })
    expect(describeFailure(denied, url).message).to.match(/^a projection may read files in PROJECTIONS_DIR/)
    const slow = Object.assign(new Error('canceling statement'), { code: '57014' })
    expect(describeFailure(slow, url)).to.include({ code: '57014', isPassing: false })
    const folderUrl = url.slice(0, url.lastIndexOf('/'))
    expect(findLine(`at ${folderUrl}/node_modules/x.js:1\nat ${folderUrl}/beside.mjs:7:2`, url)).to.deep.equal({
      file: 'beside.mjs',
      line: 7,
    })
  })
})
