import { expect } from 'chai'
import type { ProjectionState } from '../../../src/projections/engine/projection-states.js'
import { eventually } from '../../support/eventually.js'
import { execute } from '../../support/test-database.js'
import { startTestApp, type Answer, type TestApp, type TestUser } from '../../support/test-app.js'

describe('projections over REST', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let analyst: TestUser
  let admin: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
    analyst = await parley.withRoles('Ann', 'analyst')
    admin = await parley.withRoles('Abe', 'admin')
    const { body } = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { participantIds: [], name: 'Notes' },
    })
    chatId = (body as { id: string }).id
    await parley.call('POST', `/chats/${chatId}/messages`, { token: ada.token, body: { content: 'Hello' } })
  })
  after(() => parley[Symbol.asyncDispose]())

  const call = (method: string, path: string, { token } = analyst, body?: object): Promise<Answer> =>
    parley.call(method, `/projections${path}`, { token, ...(body && { body }) })

  const stateOf = async (name: string): Promise<ProjectionState> => {
    const { status, body } = await call('GET', `/${name}`)
    expect(status).to.equal(200)
    return body as ProjectionState
  }

  const codeOf = ({ status, body }: Answer) => [status, (body as { code: string }).code]

  it('lists them all, with where they stand', async () => {
    const head = await parley.app.core.log.head()
    await eventually(async () => expect((await stateOf('conversations')).position).to.equal(head))
    const { body } = await call('GET', '')
    const states = body as ProjectionState[]
    expect(states.map(({ name }) => name)).to.deep.equal([
      'conversations',
      'decision_index',
      'revocations',
      'audit_trail',
    ])
    expect(states[0]).to.deep.include({
      generation: 1,
      status: 'live',
      headPosition: head,
      lagEvents: 0,
      lagSeconds: 0,
      estimated: false,
      failure: null,
      rebuild: null,
    })
  })

  it('rebuilds one while queries go on, and then they use the new tables', async () => {
    expect((await call('POST', '/conversations/rebuild')).status).to.equal(202)
    await eventually(async () =>
      expect(await stateOf('conversations')).to.deep.include({ generation: 2, rebuild: null }),
    )
    const { body } = await parley.call('GET', `/chats/${chatId}/messages`, { token: ada.token })
    expect((body as { content: string }[]).map(({ content }) => content)).to.deep.equal(['Hello'])
    await eventually(() => expect(parley.app.core.runners.conversations.status().generation).to.equal(2))
  })

  it('builds one at a time of each, and gives it up when asked to', async () => {
    await execute(
      parley.config.databaseUrl ?? '',
      "insert into projection_leases values ('audit_trail builds', 1, gen_random_uuid(), '', 1, 'infinity')",
    )
    expect((await call('POST', '/audit_trail/rebuild')).status).to.equal(202)
    expect(codeOf(await call('POST', '/audit_trail/rebuild'))).to.deep.equal([409, 'rebuild-under-way'])
    expect(codeOf(await call('POST', '/audit_trail/diff'))).to.deep.equal([409, 'rebuild-under-way'])
    expect(await stateOf('audit_trail')).to.deep.include({ status: 'rebuilding', generation: 1 })
    expect((await stateOf('audit_trail')).rebuild).to.deep.include({ done: 0, comparing: false, secondsLeft: null })
    expect((await call('DELETE', '/audit_trail/rebuild')).status).to.equal(204)
    expect((await call('DELETE', '/audit_trail/rebuild')).status).to.equal(204)
    expect(await stateOf('audit_trail')).to.deep.include({ status: 'live', rebuild: null })
  })

  it('compares a rebuild with the tables in use, and names rows and fields, not contents', async () => {
    expect(codeOf(await call('GET', '/conversations/diff'))).to.deep.equal([404, 'comparison-not-found'])
    const compare = async () => {
      expect((await call('POST', '/conversations/diff')).status).to.equal(202)
      return eventually(async () => {
        const answer = await call('GET', '/conversations/diff')
        expect(answer.status).to.equal(200)
        return answer.body as { tables: Record<string, object> }
      })
    }
    expect((await compare()).tables).to.deep.equal({})
    const { generation } = await stateOf('conversations')
    const messages = `messages_${parley.app.core.projections.conversations.version}_${generation}`
    await execute(parley.config.databaseUrl ?? '', `update ${messages} set content = 'Altered', seq = 7`)
    const { tables } = await compare()
    const rows = await execute(parley.config.databaseUrl ?? '', `select id from ${messages}`)
    expect(tables).to.deep.equal({ messages: { count: 1, rows: [{ key: rows[0], fields: ['content', 'seq'] }] } })
    expect(JSON.stringify(tables)).to.not.include('Altered')
  })

  it('stops and starts one, but none that Parley cannot do without', async () => {
    expect((await call('POST', '/audit_trail/stop')).status).to.equal(202)
    expect((await stateOf('audit_trail')).status).to.equal('stopped')
    await parley.call('POST', `/chats/${chatId}/messages`, { token: ada.token, body: { content: 'Again' } })
    const { position } = await stateOf('audit_trail')
    await eventually(async () => expect((await stateOf('conversations')).lagEvents).to.equal(0))
    expect((await stateOf('audit_trail')).position).to.equal(position)
    expect((await call('POST', '/audit_trail/start')).status).to.equal(202)
    await eventually(async () => expect(await stateOf('audit_trail')).to.deep.include({ status: 'live', lagEvents: 0 }))
    for (const name of ['revocations', 'decision_index'])
      expect(codeOf(await call('POST', `/${name}/stop`))).to.deep.equal([409, 'projection-needed'])
  })

  it('skips no event of one that is not paused', async () => {
    const body = { position: 'x', reason: 'because' }
    expect(codeOf(await call('POST', '/conversations/skip', admin, body))).to.deep.equal([409, 'not-paused-there'])
    expect(codeOf(await call('POST', '/audit_trail/skip', admin, body))).to.deep.equal([409, 'projection-needed'])
    expect(codeOf(await call('POST', '/conversations/skip', analyst, body))).to.deep.equal([403, 'not-authorized'])
    expect((await call('POST', '/conversations/retry')).status).to.equal(202)
  })

  it('is for analysts and admins', async () => {
    const paths = [
      ['GET', ''],
      ['GET', '/conversations'],
      ['POST', '/conversations/rebuild'],
      ['DELETE', '/conversations/rebuild'],
      ['POST', '/conversations/retry'],
      ['POST', '/conversations/stop'],
      ['POST', '/conversations/start'],
      ['POST', '/conversations/diff'],
      ['GET', '/conversations/diff'],
    ] as const
    for (const [method, path] of paths)
      expect(codeOf(await call(method, path, ada)), `${method} ${path}`).to.deep.equal([403, 'not-authorized'])
    expect((await call('GET', '', admin)).status).to.equal(200)
    expect(codeOf(await call('GET', '/nothing'))).to.deep.equal([404, 'projection-not-found'])
  })
})
