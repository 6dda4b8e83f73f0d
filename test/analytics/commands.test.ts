import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { runCommandLine } from '../../src/cli/run-command-line.js'
import { startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { copyExample, openChat, send, startAnalyticsApp, type AnalyticsApp } from './analytics-app.js'

interface Outcome {
  code: number
  output: string
}

async function parley(args: string[], env: Record<string, string>): Promise<Outcome> {
  const lines: string[] = []
  const take = (line: string): void => void lines.push(line)
  const code = await runCommandLine(args, env, { print: take, printNotice: take })
  return { code, output: lines.join('\n') }
}

describe('parley projections new', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-new-'))
  })

  afterEach(() => rm(folder, { recursive: true }))

  it('writes a projection that runs, and a test that passes, also far from the installation', async () => {
    const made = await parley(['projections', 'new', 'my-counts'], { PROJECTIONS_DIR: folder })
    expect(made.code, made.output).to.equal(0)
    expect((await readdir(folder)).sort()).to.deep.equal(['my-counts.mjs', 'my-counts.test.mjs', 'node_modules'])
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', join(folder, 'my-counts.test.mjs')], {
      env: {},
    })
    expect(stdout).to.match(/pass 1$/m)

    const source = await readFile(join(folder, 'my-counts.mjs'), 'utf8')
    await using app = await startAnalyticsApp({ 'my-counts.mjs': source })
    const { ada, chatId } = await openChat(app.parley)
    await send(app.parley, ada, chatId, 'one')
    await eventually(async () =>
      expect(await app.query('select messages from analytics.my_counts')).to.deep.equal([{ messages: 1 }]),
    )
  })

  it('never overwrites a file, and refuses a name that is none', async () => {
    await parley(['projections', 'new', 'counts'], { PROJECTIONS_DIR: folder })
    const again = await parley(['projections', 'new', 'counts'], { PROJECTIONS_DIR: folder })
    expect(again).to.deep.equal({ code: 1, output: `${folder} already holds a projection "counts"` })
    const wrong = await parley(['projections', 'new', '../counts'], { PROJECTIONS_DIR: folder })
    expect(wrong.code).to.equal(2)
    const reserved = await parley(['projections', 'new', 'conversations'], { PROJECTIONS_DIR: folder })
    expect(reserved.code).to.equal(2)
    expect(reserved.output).to.match(/named "conversations": Parley has a projection of its own/)
    expect((await parley(['projections', 'new', 'counts'], {})).output).to.match(/^PROJECTIONS_DIR is not set/)
  })
})

/** Two tables, with all that CSV has to quote. */
const AWKWARD = `export const version = 1
export const events = ['ChatCreated']
export const tables = 'create table awkward (id integer, text text, at timestamptz); create table numbers (n integer)'
export async function apply(events, sql) {
  await sql\`insert into awkward values (1, \${'a "quote", a comma\\nand a line'}, '2026-01-01'), (2, null, null), (3, '', null)\`
  await sql\`insert into numbers select generate_series(1, 2500)\`
}
`

describe('parley projections export', () => {
  let app: AnalyticsApp

  before(async () => {
    app = await startAnalyticsApp({ 'awkward.mjs': AWKWARD })
    await copyExample('messages_per_day.mjs', app.folder)
    const { ada, chatId } = await openChat(app.parley)
    await send(app.parley, ada, chatId, 'one')
    await eventually(async () => {
      expect(await app.query('select from analytics.messages_per_day')).to.have.length(1)
      expect(await app.query('select from analytics.numbers')).to.have.length(2_500)
    })
  })

  after(() => app[Symbol.asyncDispose]())

  async function exported(...args: string[]): Promise<{ code: number | null; output: string }> {
    const env = { ...app.parley.environment, PROJECTIONS_DIR: app.folder, ANALYTICS_DATABASE_URL: app.url }
    await using child = startChild('cli.js', ['projections', 'export', ...args], env)
    const code = await child.exited
    return { code, output: child.output }
  }

  it('csv: one table, with null and the empty text told apart', async () => {
    const { code, output } = await exported('awkward', '--table', 'awkward', '--format', 'csv')
    expect(output).to.equal(
      'id,text,at\r\n1,"a ""quote"", a comma\nand a line",2026-01-01 00:00:00+00\r\n2,,\r\n3,"",\r\n',
    )
    expect(code).to.equal(0)
  })

  it('ndjson: every row once, of one table or of all', async () => {
    const numbers = (await exported('awkward', '--table', 'numbers', '--format', 'ndjson')).output.trim().split('\n')
    expect(numbers.map((line) => (JSON.parse(line) as { n: number }).n)).to.deep.equal(
      Array.from({ length: 2_500 }, (_, index) => index + 1),
    )
    const all = (await exported('awkward', '--format', 'ndjson')).output.trim().split('\n')
    expect(all).to.have.length(2_503)
    expect(JSON.parse(all[1]!)).to.deep.equal({ table: 'awkward', row: { id: 2, text: null, at: null } })
    const one = await exported('messages_per_day', '--format', 'ndjson')
    expect(JSON.parse(one.output)).to.include({ messages: 1 })
  })

  it('refuses what it cannot export', async () => {
    const several = await exported('awkward', '--format', 'csv')
    expect(several).to.deep.equal({
      code: 2,
      output: 'CSV holds one table: add --table with one of awkward, numbers\n',
    })
    expect((await exported('awkward', '--table', 'events', '--format', 'csv')).code).to.equal(2)
    expect((await exported('nothing', '--format', 'csv')).code).to.equal(1)
    expect(await exported('awkward', '--format', 'xml')).to.deep.equal({
      code: 2,
      output: '"xml" is no format: give --format csv or --format ndjson\n',
    })
    expect((await exported('awkward')).output).to.match(/^--format is missing: give --format csv/)
  })
})
