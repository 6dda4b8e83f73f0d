import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { findRoleProblem } from '../../src/analytics/database/check-role.js'
import { grantReader } from '../../src/analytics/database/grant-reader.js'
import { prepareTables } from '../../src/analytics/database/prepare-tables.js'
import { createPool } from '../../src/postgres/pool.js'
import { explainFailure } from '../../src/app/explain-failure.js'
import { eventually } from '../support/eventually.js'
import { startTestApp } from '../support/test-app.js'
import { execute } from '../support/test-database.js'
import { openChat, send, seqsProjection, startAnalyticsApp, type AnalyticsApp } from './analytics-app.js'

/** What the process tries, by what it must not be able to. */
const ATTEMPTS: Record<string, string> = {
  'reads no file outside of its folder': `fs.readFileSync('/etc/hostname')`,
  "reads nothing of the server's": `fs.readFileSync('/proc/' + process.ppid + '/environ')`,
  'writes no file, in its folder neither': `fs.writeFileSync('x.txt', 'x')`,
  'starts no process': `child.execSync('true')`,
  'starts no worker': `new worker.Worker('1', { eval: true })`,
  'loads no addon': `process.dlopen({ exports: {} }, '/x.node')`,
}

/** A projection that writes down what its process can do, once it receives its first event. */
const PROBE = `import fs from 'node:fs'
import child from 'node:child_process'
import worker from 'node:worker_threads'
export const version = 1
export const events = ['UserRegistered']
export const tables = 'create table findings (about text, finding text)'
const attempts = {
  environment: () => JSON.stringify([process.env, process.argv, process.execArgv]),
  beside: () => fs.readFileSync('probe.mjs', 'utf8'),
  ${Object.entries(ATTEMPTS)
    .map(([title, attempt]) => `${JSON.stringify(title)}: () => ${attempt}`)
    .join(',\n  ')}
}
export async function apply(events, sql) {
  for (const [about, attempt] of Object.entries(attempts)) {
    let finding
    try { finding = attempt() } catch (error) { finding = error.code }
    await sql\`insert into findings values (\${about}, \${String(finding)})\`
  }
}
`

describe("the process of an analyst's projection", () => {
  let findings: Map<string, string>

  before(async () => {
    process.env['PARLEY_TEST_SECRET'] = 'secret'
    await using app = await startAnalyticsApp({ 'probe.mjs': PROBE })
    await app.parley.register('Ada')
    const rows = await eventually(async () => {
      const found = await app.query<{ about: string; finding: string }>('select * from analytics.findings')
      expect(found).not.to.have.length(0)
      return found
    })
    findings = new Map(rows.map(({ about, finding }) => [about, finding]))
    delete process.env['PARLEY_TEST_SECRET']
  })

  it('has an empty environment, and no keys in its arguments', () => {
    const [env, ...others] = JSON.parse(findings.get('environment')!) as [NodeJS.ProcessEnv, string[], string[]]
    delete env['NODE_V8_COVERAGE'] // Node itself hands it on where coverage is recorded
    expect(env).to.deep.equal({})
    expect(others.flat().join(' ')).not.to.match(/postgres:|password|secret/i)
  })

  it('reads what lies beside it', () => {
    expect(findings.get('beside')).to.equal(PROBE)
  })

  for (const title of Object.keys(ATTEMPTS))
    it(title, () => {
      expect(findings.get(title)).to.match(/^ERR_(ACCESS_DENIED|DLOPEN_DISABLED)$/)
    })
})

describe("the roles of analysts' projections in the database", () => {
  const REFUSED = '42501'
  const stateOf = (url: string, statement: string): Promise<string | undefined> =>
    execute(url, statement).then(
      () => undefined,
      (error: unknown) => (error as { code?: string }).code,
    )

  it('the one that owns the tables reaches schema analytics, and nothing else', async () => {
    await using app = await startAnalyticsApp()
    await openChat(app.parley)
    const owned = await app.query(
      `select nspname from pg_namespace where nspowner = '${app.role}'::regrole order by nspname`,
    )
    expect(owned).to.deep.equal([{ nspname: 'analytics' }, { nspname: 'analytics_build' }])
    const tables = await app.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'read_models')`,
    )
    expect(tables.length).to.be.greaterThan(10)
    for (const { name } of tables)
      for (const statement of [`select from ${name}`, `delete from ${name}`, `drop table ${name}`])
        expect(await stateOf(app.url, statement), statement).to.equal(REFUSED)
    for (const statement of [
      'create table public.mine (id int)',
      'create schema mine',
      'create role mine',
      `select append_events('[]', 'x', '', '')`,
      `select pg_read_file('/etc/hostname')`,
      `copy (select 1) to program 'true'`,
    ])
      expect(await stateOf(app.url, statement), statement).to.equal(REFUSED)
  })

  it('the one that reads sees the tables in schema analytics, also after a rebuild, and nothing else', async () => {
    await using app = await startAnalyticsApp({ 'seqs.mjs': seqsProjection() })
    const { ada, chatId } = await openChat(app.parley)
    await send(app.parley, ada, chatId, 'one')
    const reader = `${app.role}_reader`
    await app.query(`alter role ${reader} login password 'reader-password'`)
    const url = Object.assign(new URL(app.url), { username: reader, password: 'reader-password' }).href
    const seqs = () => execute(url, 'select seq from analytics.seqs')
    await eventually(async () => expect(await seqs()).to.have.length(1))
    await (await app.projection('seqs')).rebuild()
    await app.untilGeneration('seqs', 2)
    expect(await seqs()).to.have.length(1)
    const found = `select relname from pg_class where relnamespace = 'analytics'::regnamespace and relkind <> 'i'`
    expect(await execute(url, found), 'no tables but those of analysts').to.deep.equal([{ relname: 'seqs' }])
    for (const statement of [
      'delete from analytics.seqs',
      'select * from analytics_build.checkpoints',
      'select * from analytics_build.leases',
      'select * from analytics_build.seqs',
      'select * from events',
      'create table analytics.mine (id int)',
      'create table public.mine (id int)',
    ])
      expect(await stateOf(url, statement), statement).to.equal(REFUSED)
  })

  it('as docs/projections.md makes them, they need no administrator', async () => {
    await using app = await startAnalyticsApp({}, { projectionsDir: null })
    const { pathname } = new URL(app.url)
    const [, section = ''] = (await readFile('docs/projections.md', 'utf8')).split('## The database')
    const sql = /```sql\n([^`]+)```/.exec(section)?.[1] ?? ''
    const named = sql
      .replaceAll('parley_analytics', app.role)
      .replace('database parley', `database ${pathname.slice(1)}`)
    await app.query(named)
    const reader = Object.assign(new URL(app.url), { username: `${app.role}_reader`, password: 'reader-password' }).href
    const pool = createPool({ connectionString: app.url, max: 1 })
    try {
      expect(await findRoleProblem(pool)).to.equal(null)
      await prepareTables(pool)
      await grantReader(pool)
    } finally {
      await pool.end()
    }
    await execute(app.url, 'create table analytics.made (id int)')
    expect(await stateOf(reader, 'select * from analytics.made')).to.equal(undefined)
    expect(await stateOf(reader, 'select * from analytics_build.checkpoints')).to.equal(REFUSED)
  })

  it('a role that reaches more is refused', async () => {
    await using app = await startAnalyticsApp()
    const start = (url: string): Promise<string> =>
      startTestApp({ ...app.parley.config, analyticsDatabaseUrl: url }).then(
        async (started) => started[Symbol.asyncDispose]().then(() => 'started'),
        (error: unknown) => explainFailure(error).text,
      )
    expect(await start(app.parley.config.databaseUrl!)).to.match(/^ANALYTICS_DATABASE_URL: .* is an administrator/)
    await app.query(`grant select on events to ${app.role}`)
    expect(await start(app.url)).to.match(/^ANALYTICS_DATABASE_URL: the user "\w+" can reach public.events/)
  })
})

describe("events of an analyst's projection", () => {
  const recording = `export const version = 1
export const events = ['UserRegistered', 'ChatCreated', 'MessageSent']
export const tables = 'create table received (event jsonb)'
export async function apply(events, sql) {
  for (const event of events) await sql\`insert into received (event) values (\${event})\`
}
`
  type Received = { type: string; userId: string | null; chatId: string | null; data: Record<string, unknown> }

  async function received(app: AnalyticsApp): Promise<Received[]> {
    const { ada, chatId } = await openChat(app.parley)
    await send(app.parley, ada, chatId, 'a secret of Ada')
    return await eventually(async () => {
      const rows = await app.query<{ event: Received }>("select event from analytics.received order by event ->> 'at'")
      expect(rows).to.have.length(3)
      return rows.map(({ event }) => event)
    })
  }

  it('have no personal fields', async () => {
    await using app = await startAnalyticsApp({ 'received.mjs': recording })
    const events = await received(app)
    expect(JSON.stringify(events)).not.to.match(/secret|Ada|Team|sealed|mac|client/)
    const [, , message] = events
    expect(Object.keys(message!.data).sort()).to.deep.equal(['messageId', 'senderId', 'seq'])
    expect(message!.userId).to.equal(message!.data['senderId'])
  })

  it('have those that the operator lists, and messages of errors are then not recorded', async () => {
    const listed = { projectionsPersonalFields: ['MessageSent.content', 'UserRegistered.name'] }
    const failing = recording
      .replaceAll('received', 'other')
      .replace('for (', 'if (events.length) throw new Error(events[0].data.name); for (')
    await using app = await startAnalyticsApp({ 'received.mjs': recording, 'failing.mjs': failing }, listed)
    const [user, , message] = await received(app)
    expect(user!.data).to.include({ name: 'Ada' })
    expect(message!.data).to.include({ content: 'a secret of Ada' })
    expect(message!.data).not.to.have.property('metadata')
    expect((await app.untilStatus('failing', 'paused')).failure).to.include({ message: null, code: 'Error' })
  })

  it('that were erased leave the tables by a rebuild, or with them where the file is gone', async () => {
    await using app = await startAnalyticsApp(
      { 'received.mjs': recording, 'gone.mjs': recording.replaceAll('received', 'gone') },
      { projectionsPersonalFields: ['UserRegistered.name', 'MessageSent.content'] },
    )
    const [user] = await received(app)
    await eventually(async () => expect(await app.query('select from analytics.gone')).to.have.length(3))
    await rm(join(app.folder, 'gone.mjs'))
    await app.parley.app.core.runAsSystem('requestErasure', { userId: user!.data['userId'] as string })
    await app.untilGeneration('received', 2)
    const rows = await app.query<{ event: Received }>('select event from analytics.received')
    expect(rows).to.have.length.at.least(3)
    expect(JSON.stringify(rows)).not.to.match(/secret|Ada/)
    await eventually(async () =>
      expect(await app.query(`select to_regclass('analytics.gone') as found`)).to.deep.equal([{ found: null }]),
    )
  })
})
