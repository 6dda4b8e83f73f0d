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
    await execute(database.url, `create schema ${SCHEMA}; create schema ${BUILD_SCHEMA}`)
    const pool = createPool({ connectionString: database.url, max: 1 })
    await prepareTables(pool)
    await pool.end()
  })
  beforeEach(() =>
    execute(
      database.url,
      `delete from analytics.checkpoints; drop table if exists ${BUILD_SCHEMA}.seen;
       insert into analytics.checkpoints (name, version, generation, schema, position) values ('seen', 1, 1, '${BUILD_SCHEMA}', '0')`,
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
    schema: BUILD_SCHEMA,
    from,
    to,
    events: positions.map(event),
  })

  const positions = async (): Promise<string[]> =>
    (await execute<{ position: string }>(database.url, `select position from ${BUILD_SCHEMA}.seen order by 1`)).map(
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
    const [row] = await execute(database.url, 'select position, relations from analytics.checkpoints')
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
    const slow = Object.assign(new Error('canceling statement'), { code: '57014' })
    expect(describeFailure(slow, url)).to.include({ code: '57014', isPassing: false })
    const folderUrl = url.slice(0, url.lastIndexOf('/'))
    expect(findLine(`at ${folderUrl}/node_modules/x.js:1\nat ${folderUrl}/beside.mjs:7:2`, url)).to.deep.equal({
      file: 'beside.mjs',
      line: 7,
    })
  })
})
