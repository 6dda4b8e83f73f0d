import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openBreakableProxy } from '../support/breakable-proxy.js'
import { startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { openTestRedis, type TestRedis } from '../support/redis.js'
import { openResumingClient, sendUntilAnswered } from '../support/resuming-client.js'
import { startServerProcesses, type ServerProcesses } from '../support/server-processes.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

const PATIENT = { timeoutMs: 60_000 }
const MESSAGES = 25

let redis: TestRedis | null = null

const redisUrl = (): string => redis?.url ?? ''

before(async function () {
  redis = await openTestRedis()
  if (redis === null) this.skip()
})
after(() => redis?.[Symbol.asyncDispose]())

const environmentOf = (parley: TestApp): Record<string, string> => ({
  ...parley.environment,
  REDIS_URL: redisUrl(),
  RATE_LIMIT_MESSAGES_PER_MINUTE: '0',
})

async function createChat(parley: TestApp, members: readonly TestUser[]): Promise<string> {
  const [owner] = members
  const body = { name: 'Team', participantIds: members.map(({ id }) => id) }
  const answer = await parley.call('POST', '/chats', { token: owner?.token ?? '', body })
  return (answer.body as { id: string }).id
}

/** Each on a connection of its own, so that all processes get some. */
const post = (url: string, body: object): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
  })

const valueOf = (text: string, metric: string): number => Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1])

const metricsAt = async (url: string | null): Promise<string> => (await fetch(`${url}/metrics`)).text()

onEachLog('a server of several processes', function (kind) {
  let parley: TestApp
  let server: ServerProcesses
  let members: TestUser[]
  let chatId: string

  before(async function () {
    this.timeout(240_000)
    parley = await startTestApp(logConfig(kind))
    server = await startServerProcesses({ ...environmentOf(parley), METRICS_PORT: '0' }, 2)
    members = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
    chatId = await createChat(parley, members)
  })
  after(async () => {
    await server[Symbol.asyncDispose]()
    await parley[Symbol.asyncDispose]()
  })

  it('loses and repeats nothing while its processes are killed one after the other, and starts each again', async () => {
    // Two for each member, so that both processes have some.
    const clients = [...members, ...members].map(({ token }) =>
      openResumingClient(server.url, { token, cursors: { [chatId]: 1 } }),
    )
    await Promise.all(clients.map(({ ready }) => ready))
    const sent: string[] = []
    const write = async ({ id, token }: TestUser): Promise<void> => {
      for (let number = 1; number <= MESSAGES; number++) {
        const content = `${number} of ${id}`
        await sendUntilAnswered(server.url, { token, chatId, content })
        sent.push(content)
      }
    }
    const writing = Promise.all(members.map(write))
    for (const [number, count] of [
      [1, 5],
      [2, 20],
      [1, 40],
    ] as const) {
      await eventually(() => expect(sent.length).to.be.at.least(count), PATIENT)
      await server.kill(number)
    }
    await writing

    const versions = Array.from({ length: sent.length }, (_, index) => index + 2)
    await eventually(() => {
      for (const client of clients) expect(client.versions(chatId)).to.deep.equal(versions)
    }, PATIENT)
    for (const { contents, faults, socket } of clients) {
      expect(contents.toSorted()).to.deep.equal(sent.toSorted())
      expect(faults).to.deep.equal([])
      socket.close()
    }
  }).timeout(240_000)

  it('shows the sum of what its processes counted, also of one that was killed', async () => {
    const [ada] = members as [TestUser]
    const before = valueOf(await metricsAt(server.metricsUrl), 'messages_sent_total')
    for (let count = 1; count <= 10; count++)
      await sendUntilAnswered(server.url, { token: ada.token, chatId, content: `counted ${count}` })
    expect(valueOf(await metricsAt(server.metricsUrl), 'messages_sent_total')).to.equal(before + 10)
    await server.kill(2)
    await eventually(async () =>
      expect(valueOf(await metricsAt(server.metricsUrl), 'messages_sent_total')).to.equal(before + 10),
    )
    expect((await fetch(`${server.url}/metrics`)).status).to.equal(404)
    await eventually(async () => {
      const answer = await fetch(`${server.metricsUrl}/readyz`)
      expect(await answer.json()).to.deep.include({ status: 'ok' })
    }, PATIENT)
  }).timeout(240_000)

  it('connects to the databases under a name for each process', async () => {
    const { rows } = await parley.app.core.databases.main.query<{ name: string }>(
      `select distinct application_name as name from pg_stat_activity where datname = current_database()`,
    )
    const ours = rows.map(({ name }) => name).filter((name) => /-\d$/.test(name) && name.startsWith('parley '))
    expect(ours.map((name) => name.at(-1)).toSorted()).to.deep.equal(['1', '2'])
  })

  it('is stopped as one: sockets of all processes are notified, and every process ends', async () => {
    const clients = Array.from({ length: 4 }, () =>
      openResumingClient(server.url, { token: members[0]?.token ?? '', cursors: {} }),
    )
    await Promise.all(clients.map(({ ready }) => ready))
    const pids = [...server.pids().values()]
    server.child.process.kill('SIGTERM')
    expect(await server.child.exited, server.child.output).to.equal(0)
    expect(server.child.output).to.match(/SIGTERM: finishing requests in flight …\n[^]*Stopped\.\n$/)
    expect(server.child.output.match(/listens on http/g)).to.have.length(1)
    for (const { drains, socket } of clients) {
      expect(drains).to.equal(1)
      socket.close()
    }
    for (const pid of pids) expect(() => process.kill(pid, 0)).to.throw('ESRCH')
  }).timeout(240_000)
})

describe('a server of several processes that cannot start', function () {
  this.timeout(240_000)

  for (const variable of ['PORT', 'METRICS_PORT'])
    it(`says in one line that its ${variable} is taken`, async () => {
      await using parley = await startTestApp()
      const { port } = new URL(parley.app.url)
      const env = { ...environmentOf(parley), PARLEY_PROCESSES: '2', [variable]: port }
      await using child = startChild('main.js', [], env)
      expect(await child.exited).to.equal(1)
      expect(child.output.trim().split('\n').at(-1)).to.equal(`${variable}: ${port} is taken: choose a free one`)
    })

  it('ends with a reason when its processes end again and again, and none serves', async () => {
    await using parley = await startTestApp()
    await using proxy = await openBreakableProxy(parley.config.databaseUrl ?? '')
    await using server = await startServerProcesses({ ...environmentOf(parley), DATABASE_URL: proxy.url }, 2)
    proxy.cut()
    for (const pid of server.pids().values()) process.kill(pid, 'SIGKILL')
    expect(await server.child.exited).to.equal(1)
    expect(server.child.output).to.include('DATABASE_URL: no Postgres answers')
    expect(server.child.output).to.match(
      /Process \d of 2 ended 5 times in a row as it started, the last time with exit code 1, and no other process serves\n/,
    )
  })
})

describe('several processes on embedded Postgres', function () {
  this.timeout(240_000)
  let dataDir: string

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'parley-processes-'))
    await chmod(dataDir, 0o755)
  })
  afterEach(() => rm(dataDir, { recursive: true }))

  const start = () => startServerProcesses({ PARLEY_DATA_DIR: dataDir, REDIS_URL: redisUrl(), RATE_LIMITS: 'off' }, 2)
  const postmaster = (): Promise<string> => readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')

  it('share one, from the first start on; it outlives any process, and stops with the last', async () => {
    await using first = await start()
    const running = await postmaster()
    const account = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' }
    const register = await post(`${first.url}/auth/register`, account)
    const { accessToken: token } = (await register.json()) as { accessToken: string }
    for (let attempt = 0; attempt < 4; attempt++) {
      const login = { email: 'ada@example.com', password: 'wrong horse' }
      expect((await post(`${first.url}/auth/login`, login)).status).to.equal(401)
    }
    expect(valueOf(await metricsAt(first.url), 'login_failures_total')).to.equal(4)
    await first.kill(1)
    const pids = [...first.pids().values()]
    first.child.process.kill('SIGKILL')
    await eventually(() => {
      for (const pid of pids) expect(() => process.kill(pid, 0)).to.throw('ESRCH')
    }, PATIENT)
    expect(await postmaster()).to.equal(running)

    await using second = await start()
    const me = await fetch(`${second.url}/users/me`, { headers: { authorization: `Bearer ${token}` } })
    expect(await me.json()).to.include({ name: 'Ada' })
    expect(await postmaster()).to.equal(running)
    second.child.process.kill('SIGINT')
    expect(await second.child.exited, second.child.output).to.equal(0)
    expect(await postmaster().catch(() => null)).to.equal(null)
  })
})
