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
