import { expect } from 'chai'
import { Client } from 'pg'
import { startChild, type Child } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { execute } from '../support/test-database.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

const TAKEOVER = { timeoutMs: 60_000 }

onEachLog('a projection moves to another node', function (kind) {
  let parley: TestApp
  let ada: TestUser
  let chatId: string
  let child: Child
  let holder: Client
  let sent = 0

  beforeEach(async function () {
    this.timeout(240_000)
    sent = 0
    parley = await startTestApp(logConfig(kind))
    ada = await parley.register('Ada')
    const { body } = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { participantIds: [], name: 'Notes' },
    })
    chatId = (body as { id: string }).id
    child = startChild('main.js', [], parley.environment)
    await child.says('listens on')
    holder = new Client({ connectionString: url() })
    await holder.connect()
    const own = await ownApplication()
    await eventually(async () => {
      await execute(
        url(),
        `update projection_leases set ends_at = '-infinity' where name = 'conversations' and application = '${own}'`,
      )
      expect(await applicationOfOwner()).to.not.equal(own)
    }, TAKEOVER)
  })

  afterEach(async () => {
    child.process.kill('SIGCONT')
    await child[Symbol.asyncDispose]()
    await holder.end()
    await parley[Symbol.asyncDispose]()
  })

  const url = (): string => parley.config.databaseUrl ?? ''

  async function applicationOfOwner(): Promise<string | undefined> {
    const text = "select application from projection_leases where name = 'conversations'"
    return (await execute<{ application: string }>(url(), text))[0]?.application
  }

  async function ownApplication(): Promise<string> {
    const text = "select current_setting('application_name') as name"
    return (await parley.app.core.databases.main.query<{ name: string }>(text)).rows[0]?.name ?? ''
  }

  /** Again with the same key where it is answered 503, as it may be for a few seconds. */
  async function send(): Promise<void> {
    sent++
    const body = { content: `message ${sent}`, clientMessageId: `message-${sent}` }
    await eventually(async () => {
      const answer = await parley.call('POST', `/chats/${chatId}/messages`, { token: ada.token, body })
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201)
    }, TAKEOVER)
  }

  /** Recorded at once; answered once the read model has it, or 503 where that takes too long. */
  const rename = () => parley.call('PATCH', `/chats/${chatId}`, { token: ada.token, body: { name: 'Ideas' } })

  async function contents(): Promise<string[]> {
    const { status, body } = await parley.call('GET', `/chats/${chatId}/messages`, { token: ada.token })
    expect(status).to.equal(200)
    return (body as { content: string }[]).map(({ content }) => content)
  }

  const all = (): string[] => Array.from({ length: sent }, (_, index) => `message ${index + 1}`)

  /** Its tables are those that a rebuild makes. */
  async function expectNoDifference(): Promise<void> {
    const conversations = parley.app.core.managedProjections.find(({ name }) => name === 'conversations')
    expect(await conversations?.diff()).to.equal(true)
    const found = await eventually(async () => {
      const comparison = await conversations?.lastComparison()
      expect(comparison).to.be.an('object')
      return comparison
    }, TAKEOVER)
    expect(found?.differences).to.deep.equal({})
  }

  it('when the one that runs it is killed', async () => {
    await send()
    child.process.kill('SIGKILL')
    await send()
    await eventually(async () => expect(await contents()).to.deep.equal(all()), TAKEOVER)
    expect(await applicationOfOwner()).to.equal(await ownApplication())
    await expectNoDifference()
  }).timeout(240_000)

  it('when the one that runs it is suspended in the middle of a batch, and wakes too late', async () => {
    await send()
    await eventually(async () => expect(await contents()).to.deep.equal(all()))
    const { version } = parley.app.core.projections.conversations
    await holder.query(`begin; lock table chats_${version}_1 in share row exclusive mode`)
    const renamed = rename() // a page of messages alone is one statement, and has no middle
    await eventually(async () => {
      const rows = await execute(
        url(),
        `select from pg_stat_activity join projection_leases on application = application_name and name = 'conversations'
         where wait_event_type = 'Lock' and query like '%update chats%'`,
      )
      expect(rows).to.have.length(1)
    })
    child.process.kill('SIGSTOP')
    await holder.query('rollback')
    await send()
    expect((await renamed).status).to.be.oneOf([200, 503])
    await eventually(async () => expect(await contents()).to.deep.equal(all()), TAKEOVER)
    expect(await applicationOfOwner()).to.equal(await ownApplication())

    child.process.kill('SIGCONT')
    for (let round = 0; round < 10; round++) await send()
    await eventually(async () => expect(await contents()).to.deep.equal(all()))
    await expectNoDifference()
  }).timeout(240_000)
})
