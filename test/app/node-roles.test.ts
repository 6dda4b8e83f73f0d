import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { expect } from 'chai'
import type { Readiness } from '../../src/api/shapes/readiness-shape.js'
import { startChild, type Child } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { execute } from '../support/test-database.js'

const PATIENCE = { timeoutMs: 60_000 }

describe('roles of nodes', function () {
  this.timeout(240_000)
  let parley: TestApp
  const children: Child[] = []

  afterEach(async () => {
    for (const child of children.splice(0)) await child[Symbol.asyncDispose]()
    await parley[Symbol.asyncDispose]()
  })

  async function startProcess(roles: string): Promise<{ child: Child; url: string }> {
    const child = startChild('main.js', [], { ...parley.environment, PARLEY_ROLES: roles }, { isKilled: true })
    children.push(child)
    await child.says('listens on')
    const [, url] = /listens on (http:\S+)/.exec(child.output) ?? []
    return { child, url: url! }
  }

  async function applications(): Promise<string[]> {
    const rows = await execute<{ application: string }>(
      parley.environment['DATABASE_URL']!,
      'select distinct application from projection_leases where ends_at > clock_timestamp()',
    )
    return rows.map(({ application }) => application)
  }

  async function ownApplication(): Promise<string> {
    const text = "select current_setting('application_name') as name"
    return (await parley.app.core.databases.main.query<{ name: string }>(text)).rows[0]!.name
  }

  async function projections(url = parley.app.url): Promise<{ status: string; reasons: unknown[] }> {
    const { status, components } = (await (await fetch(`${url}/readyz`)).json()) as Readiness
    return { status, reasons: [...new Set(Object.values(components.projections).map((one) => one['reason']))] }
  }

  it('one without projector leads no projection, and says so where no node does', async () => {
    parley = await startTestApp({ roles: ['api', 'realtime'] })
    await eventually(async () =>
      expect(await projections()).to.deep.equal({ status: 'degraded', reasons: ['no-projector'] }),
    )
    const { child } = await startProcess('projector')
    await eventually(
      async () => expect(await projections()).to.deep.equal({ status: 'ok', reasons: [undefined] }),
      PATIENCE,
    )
    const ada = await parley.register('Ada')
    const body = { participantIds: [], name: 'Notes' }
    const { status } = await parley.call('POST', '/chats', { token: ada.token, body })
    expect(status).to.equal(201)
    const chats = await parley.call('GET', '/chats', { token: ada.token })
    expect(chats.body).to.have.length(1)
    expect(await applications()).to.have.length(1)
    expect(await applications()).to.not.include(await ownApplication())

    child.process.kill('SIGKILL')
    await eventually(
      async () => expect(await projections()).to.deep.equal({ status: 'degraded', reasons: ['no-projector'] }),
      PATIENCE,
    )
    expect(await applications()).to.not.include(await ownApplication())
  })

  it('one without realtime refuses sockets, whichever way they begin', async () => {
    parley = await startTestApp()
    const { url } = await startProcess('api')
    const polled = await fetch(`${url}/socket.io/?EIO=4&transport=polling`)
    expect([polled.status, ((await polled.json()) as { code: string }).code]).to.deep.equal([421, 'not-served-here'])

    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'x',
    }
    const upgrading = request(`${url}/socket.io/?EIO=4&transport=websocket`, { headers }).end()
    const [response] = (await once(upgrading, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    expect(response.statusCode).to.equal(421)
    expect(JSON.parse(Buffer.concat(chunks).toString())).to.include({
      code: 'not-served-here',
      detail: 'PARLEY_ROLES of this node lacks realtime',
    })
    expect((await fetch(`${url}/auth/methods-that-there-are-not`)).status).to.equal(404)
  })

  it('one without api answers for its health alone', async () => {
    parley = await startTestApp()
    const { url } = await startProcess('projector')
    expect((await fetch(`${url}/healthz`)).status).to.equal(200)
    await eventually(async () => expect((await projections(url)).status).to.equal('ok'), PATIENCE)
    const answer = await fetch(`${url}/chats`)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).to.deep.equal([421, 'not-served-here'])
  })
})
