import { expect } from 'chai'
import type { ProjectionState } from '../../src/projections/engine/projection-states.js'
import { formatSeconds } from '../../src/cli/projections/build-bars.js'
import { startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { execute } from '../support/test-database.js'
import { startTestApp, type TestApp } from '../support/test-app.js'

describe('parley projections', function () {
  this.timeout(240_000)
  let app: TestApp
  let tables: string

  before(async () => {
    app = await startTestApp()
    await app.register('Ada')
    tables = String(app.app.core.projections.conversations.version)
  })
  after(() => app[Symbol.asyncDispose]())

  async function parley(...args: string[]): Promise<{ code: number | null; output: string }> {
    await using child = startChild('cli.js', ['projections', ...args], app.environment)
    const code = await child.exited
    return { code, output: child.output }
  }

  const sql = (text: string) => execute<Record<string, unknown>>(app.config.databaseUrl ?? '', text)

  it('lists them in words and as JSON, again every second with --watch', async () => {
    const words = await parley('list')
    expect(words.output).to.match(/^conversations version \d+: live, (up to date|\d+ events behind), at \S+$/m)
    const json = await parley('status', '--json')
    const names = (JSON.parse(json.output) as ProjectionState[]).map(({ name }) => name)
    expect(names).to.include.members(['conversations', 'decision_index', 'revocations', 'audit_trail'])
    expect([words.code, json.code]).to.deep.equal([0, 0])
    await using watching = startChild('cli.js', ['projections', 'status', '--watch', '--json'], app.environment)
    await watching.says(']\n[')
  })

  it('rebuilds all beside a server, and drops what was replaced', async () => {
    const rebuilt = await parley('rebuild', '--all')
    expect(rebuilt).to.include({ code: 0 })
    expect(rebuilt.output).to.match(/^conversations was rebuilt$/m)
    const pruned = await parley('prune', '--json')
    expect(pruned.code).to.equal(0)
    expect(JSON.parse(pruned.output)).to.deep.include({ name: 'conversations', version: Number(tables), generation: 1 })
    expect(await parley('prune')).to.deep.equal({ code: 0, output: 'Nothing to drop\n' })
  })

  it('rebuilds without a server too', async () => {
    await app.restart(async () => {
      expect(await parley('rebuild', 'audit_trail', '--json')).to.deep.equal({
        code: 0,
        output: '[{"name":"audit_trail","version":1}]\n',
      })
    })
  })

  it('compares a rebuild with the tables in use: exit code 1 where rows differ', async () => {
    expect(await parley('diff', 'conversations')).to.deep.equal({ code: 0, output: 'conversations: no row differs\n' })
    const [row] = await sql(`select generation from projections where name = 'conversations'`)
    const users = `users_${tables}_${String(row?.['generation'])}`
    const [user] = await sql(`update ${users} set name = 'Altered' returning id`)
    const differing = await parley('diff', 'conversations')
    expect(differing.code).to.equal(1)
    expect(differing.output).to.equal(`users: 1 rows differ\n  {"id":"${String(user?.['id'])}"}: name\n`)
    const json = await parley('diff', 'conversations', '--json')
    expect(JSON.parse(json.output)).to.have.nested.property('users.count', 1)
  })

  it('stops and starts one, and refuses what would do harm or has nothing to do', async () => {
    expect(await parley('stop', 'audit_trail')).to.deep.equal({ code: 0, output: 'audit_trail is stopped\n' })
    expect((await parley('list')).output).to.match(/^audit_trail version 1: stopped/m)
    expect(await parley('start', 'audit_trail')).to.deep.equal({ code: 0, output: 'audit_trail follows the log\n' })
    expect((await parley('stop', 'revocations')).output).to.match(/^revocations cannot be stopped: /)
    expect(await parley('cancel', 'audit_trail')).to.deep.equal({ code: 1, output: 'audit_trail is not being built\n' })
    expect(await parley('retry', 'audit_trail')).to.deep.equal({ code: 1, output: 'audit_trail is not paused\n' })
    const skip = await parley('skip', 'audit_trail', '--position', 'x', '--reason', 'because')
    expect(skip.output).to.match(/^audit_trail cannot skip events: /)
    const skipped = await parley('skip', 'conversations', '--position', 'x', '--reason', 'because')
    expect(skipped.output).to.equal('conversations is not paused: there is nothing to skip\n')
    expect((await parley('prepare')).output).to.match(/^Nothing to prepare/)
  })

  it('builds what a release needs before it starts', async () => {
    await app.restart(async () => {
      const [row] = await sql(`delete from projections where name = 'audit_trail' returning generation`)
      const names = app.app.core.projections.auditTrail.tables
      await sql(`drop table ${names.map((name) => `${name}_1_${String(row?.['generation'])}`).join()}`)
      expect(await parley('prepare')).to.deep.equal({ code: 0, output: 'audit_trail is ready\n' })
    })
  })

  it('gives up a rebuild that waits', async () => {
    await sql(`insert into projection_leases values ('audit_trail builds', 1, gen_random_uuid(), '', 1, 'infinity')
               on conflict (name, version) do update set owner = excluded.owner, application = '', ends_at = 'infinity'`)
    await using waiting = startChild('cli.js', ['projections', 'rebuild', 'audit_trail'], app.environment)
    await eventually(async () => expect((await parley('list')).output).to.match(/audit_trail.*rebuild 0 %/), {
      timeoutMs: 60_000,
    })
    expect((await parley('rebuild', 'audit_trail')).output).to.match(/^audit_trail is being built already/)
    expect(await parley('cancel', 'audit_trail')).to.deep.equal({
      code: 0,
      output: 'The build of audit_trail is cancelled\n',
    })
    expect(await waiting.exited).to.be.oneOf([0, 1])
  })

  it('says in words how long something takes', () => {
    expect([null, 0.2, 59.1, 61].map(formatSeconds)).to.deep.equal(['?', '1 s', '1 min 0 s', '1 min 1 s'])
  })
})
