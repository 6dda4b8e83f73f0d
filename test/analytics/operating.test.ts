import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import type { Answer, TestUser } from '../support/test-app.js'
import { openChat, send, seqsProjection, startAnalyticsApp, type AnalyticsApp } from './analytics-app.js'

const fails = seqsProjection({ first: 'if (event.data.seq === 2) throw new RangeError("no two")' })

describe("operating an analyst's projection", () => {
  let app: AnalyticsApp
  let analyst: TestUser

  beforeEach(async () => {
    app = await startAnalyticsApp({ 'seqs.mjs': seqsProjection() })
    analyst = await app.parley.withRoles('Ann', 'analyst')
    const { ada, chatId } = await openChat(app.parley)
    for (const content of ['one', 'two']) await send(app.parley, ada, chatId, content)
    await eventually(async () => expect(await app.query('select from analytics.seqs')).to.have.length(2))
  })

  afterEach(() => app[Symbol.asyncDispose]())

  const call = (method: string, path: string): Promise<Answer> =>
    app.parley.call(method, `/projections${path}`, { token: analyst.token })

  async function parley(...args: string[]): Promise<{ code: number | null; output: string }> {
    const env = { ...app.parley.environment, PROJECTIONS_DIR: app.folder, ANALYTICS_DATABASE_URL: app.url }
    await using child = startChild('cli.js', ['projections', ...args], env)
    const code = await child.exited
    return { code, output: child.output }
  }

  it('over REST: listed beside the others, rebuilt, compared, retried, stopped and started', async () => {
    const { body } = await call('GET', '')
    expect((body as { name: string }[]).map(({ name }) => name)).to.include.members(['conversations', 'seqs'])
    await app.query('delete from analytics.seqs where seq = 1')
    expect((await call('POST', '/seqs/diff')).status).to.equal(202)
    const compared = await eventually(async () => {
      const answer = await call('GET', '/seqs/diff')
      expect(answer.status).to.equal(200)
      return answer.body as { tables: Record<string, { count: number }> }
    })
    expect(compared.tables['seqs']?.count).to.equal(1)

    await app.write('seqs.mjs', fails)
    expect((await call('POST', '/seqs/rebuild')).status).to.equal(202)
    await app.untilStatus('seqs', 'paused')
    const { body: paused } = await call('GET', '/seqs')
    expect((paused as { failure: object }).failure).to.include({
      eventType: 'MessageSent',
      code: 'RangeError',
      message: 'no two',
      file: 'seqs.mjs',
      line: 6,
    })
    await app.write('seqs.mjs', seqsProjection())
    expect((await call('POST', '/seqs/retry')).status).to.equal(202)
    await app.untilGeneration('seqs', 3)

    expect((await call('POST', '/seqs/stop')).status).to.equal(202)
    await app.untilStatus('seqs', 'stopped')
    expect((await call('POST', '/seqs/start')).status).to.equal(202)
    await app.untilStatus('seqs', 'live')
    expect((await call('POST', '/nothing/rebuild')).status).to.equal(404)
  })

  it('on the command line: one whose file is gone can still be cancelled, and is then in no list', async () => {
    await app.write('broken.mjs', 'export const version = 1')
    await app.untilStatus('broken', 'paused')
    await rm(join(app.folder, 'broken.mjs'))
    expect((await parley('retry', 'nothing')).output).to.match(
      /^There is no projection "nothing", only conversations, /,
    )
    expect(await parley('cancel', 'broken')).to.deep.equal({ code: 0, output: 'The build of broken is cancelled\n' })
    expect((await parley('list')).output).not.to.include('broken')
  })

  it('on the command line: one whose file is gone is no failure, is exported with a remark, and is dropped', async () => {
    expect((await parley('drop', 'seqs')).output).to.match(/^seqs has a file: remove \S+seqs\.mjs first/)
    await rm(join(app.folder, 'seqs.mjs'))
    const listed = await parley('list')
    expect(listed.output).to.match(/^seqs version 1: stopped \(its file is gone; parley projections drop seqs drops/m)
    expect(listed.code).to.equal(0)
    const exported = await parley('export', 'seqs', '--format', 'csv')
    expect(exported.output).to.match(/^These rows of seqs are not up to date: its file is gone/m)
    expect((await parley('rebuild', 'seqs')).output).to.match(/^The file of seqs is gone; /)
    expect(await parley('drop', 'seqs')).to.deep.equal({ code: 0, output: 'seqs and its tables are dropped\n' })
    expect(await app.query(`select to_regclass('analytics.seqs') as found`)).to.deep.equal([{ found: null }])
    expect((await parley('list')).output).not.to.include('seqs')
    expect((await parley('drop', 'conversations')).code).to.equal(1)
    await app.write('seqs.mjs', seqsProjection())
    await app.untilGeneration('seqs', 2)
  })

  it('on the command line: one that fails keeps no other from being rebuilt', async () => {
    await app.write('broken.mjs', fails.replaceAll('seqs', 'others'))
    await app.untilStatus('broken', 'paused')
    const { code, output } = await parley('rebuild', 'decision_index', 'broken', 'seqs')
    expect(code).to.equal(1)
    expect(output).to.match(/^decision_index was rebuilt$/m)
    expect(output).to.match(/^seqs was rebuilt$/m)
    expect(output).to.match(/^The build of broken is paused at .* RangeError no two \(broken\.mjs:6\)/m)
    expect(output).to.match(/^1 of 3 failed: broken$/m)
    expect((await parley('rebuild', 'nothing')).output).to.match(/only conversations, .*, broken, seqs\n$/)
  })

  it('on the command line: a paused rebuild and a paused projection look different', async () => {
    await app.write('seqs.mjs', fails)
    await parley('rebuild', 'seqs')
    const listed = await parley('list')
    expect(listed.output).to.match(
      /^seqs version 1: its rebuild is paused, (up to date|\d+ events behind), at \S+; rebuild \d+ %, paused at .* no two/m,
    )
    const again = await parley('retry', 'seqs')
    expect(again.code).to.equal(1)
    expect(again.output).to.match(/^seqs was tried again, and is paused at .* no two \(seqs\.mjs:6\)\n$/)
    const { body } = await call('GET', '/seqs')
    expect((body as { rebuild: object }).rebuild).to.include({ paused: true, eventsPerSecond: null })
    await app.write('seqs.mjs', seqsProjection())
    expect(await parley('diff', 'seqs')).to.deep.equal({ code: 0, output: 'seqs: no row differs\n' })
    expect(await app.untilStatus('seqs', 'paused'), 'the rebuild is still there').to.have.property('rebuild')
    const { body: readiness } = await app.parley.call('GET', '/readyz')
    expect(readiness).to.include({ status: 'degraded' })
    expect(readiness).to.have.nested.property('components.projections.seqs.failure.code', 'RangeError')
    expect(await parley('retry', 'seqs')).to.deep.equal({ code: 0, output: 'seqs tries again\n' })
    await app.untilGeneration('seqs', 2)
  })

  it('a file that cannot be a projection is named, and stops no start', async () => {
    await app.write('conversations.mjs', seqsProjection().replaceAll('seqs', 'others'))
    await app.write('Wrong name.mjs', seqsProjection())
    await app.parley.restart(() => Promise.resolve(), app.parley.config)
    await app.untilStatus('seqs', 'live')
    const { code, output } = await parley('list')
    expect(output).to.match(/^conversations\.mjs in PROJECTIONS_DIR is not run: Parley has a projection of its own/m)
    expect(output).to.match(/^Wrong name\.mjs in PROJECTIONS_DIR is not run: a name begins with a letter/m)
    expect(output.match(/^conversations version/gm)).to.have.length(1)
    expect(code).to.equal(0)
    expect(await app.query(`select from analytics_build.checkpoints where name = 'conversations'`)).to.deep.equal([])
  })

  it('on the command line: listed, rebuilt, compared and retried', async () => {
    expect((await parley('list')).output).to.match(/^seqs version 1: live, /m)
    const same = await parley('diff', 'seqs')
    expect(same).to.deep.equal({ code: 0, output: 'seqs: no row differs\n' })
    const rebuilt = await parley('rebuild', 'seqs')
    expect(rebuilt).to.deep.equal({ code: 0, output: 'seqs was rebuilt\n' })

    await app.write('seqs.mjs', fails)
    const broken = await parley('rebuild', 'seqs')
    expect(broken.output).to.match(
      /The build of seqs is paused at \S+ by MessageSent in chat-\S+: RangeError no two \(seqs\.mjs:6\)\. When the file is repaired: parley projections retry seqs\n$/,
    )
    expect(broken.code).to.equal(1)
    expect((await parley('list')).code).to.equal(1)
    await app.write('seqs.mjs', seqsProjection())
    expect(await parley('retry', 'seqs')).to.deep.equal({ code: 0, output: 'seqs tries again\n' })
    await app.untilStatus('seqs', 'live')
    expect((await parley('retry', 'seqs')).output).to.equal('seqs is not paused\n')
  })

  it('without a server: rebuilt by the command itself', async () => {
    await app.parley.restart(async () => {
      await app.query('delete from analytics.seqs')
      expect((await parley('rebuild', 'seqs', 'decision_index')).output).to.match(/seqs was rebuilt\n$/)
      expect(await app.query('select from analytics.seqs')).to.have.length(2)
    }, app.parley.config)
  })
})
