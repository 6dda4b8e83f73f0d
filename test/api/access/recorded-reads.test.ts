import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { isPrivileged } from '../../../src/api/record-read.js'
import { routeList } from '../../../src/api/route-list.js'
import { isRoleAccess } from '../../../src/identity/access.js'
import type { OpenedEvent } from '../../../src/privacy/event-reader.js'
import { logConfig, onEachLog } from '../../support/event-logs.js'
import { eventually } from '../../support/eventually.js'
import { startTestApp, type TestApp } from '../../support/test-app.js'
import { openChat, registerPeople, type World } from './people.js'
import { requests } from './requests.js'
import { rowsOf } from './rows.js'

/** Queries that a role allows and that are not recorded: they show nothing of users. */
const EXEMPT = [
  'GET /audit/checkpoints',
  'GET /audit/keys',
  'GET /audit/proofs',
  'GET /audit/verifications/:id',
  'GET /projections',
  'GET /projections/:name',
  'GET /projections/:name/diff',
]

const byRole = routeList.flatMap(rowsOf).filter(({ method, access }) => method === 'GET' && isRoleAccess(access))
const recorded = byRole.filter(({ name }) => !EXEMPT.includes(name))

interface Access {
  type: string
  by: string
  operation: string
  accessId: string
  filter?: string
  reason?: string | null
  outcome?: string
  rows?: number
}

async function accessesIn({ app }: TestApp): Promise<OpenedEvent[]> {
  const { log, reader } = app.core
  const found: OpenedEvent[] = []
  for (let after = log.start; ;) {
    const { events, position } = await log.readAll(after, 1_000)
    if (events.length === 0) return found
    found.push(...(await reader.open(events.filter(({ type }) => type.startsWith('PrivilegedAccess')))))
    after = position
  }
}

const eventsOf = async (parley: TestApp): Promise<Access[]> =>
  (await accessesIn(parley)).map(({ event }) => event as unknown as Access)

describe('the routes that a role opens', () => {
  it('are all recorded when they are read, but for those that show nothing of users', () => {
    const ofRoute = new Map(routeList.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route]))
    const unrecorded = byRole.filter(({ name }) => {
      const [path = '', parameter] = name.split('?')
      const route = ofRoute.get(path)
      return route === undefined || !isPrivileged(route, parameter === undefined ? [] : [parameter])
    })
    expect(unrecorded.map(({ name }) => name)).to.have.members(EXEMPT)
  })
})

onEachLog('a read by virtue of a role', (kind) => {
  let parley: TestApp
  let world: World & AsyncDisposable

  before(async () => {
    parley = await startTestApp({ ...logConfig(kind), auditCheckpointSeconds: 86_400 })
    world = await openChat(parley, await registerPeople(parley))
    const { chain, log } = parley.app.core
    expect(await chain.runner.progress.reached(await log.head(), { timeoutMs: 60_000 })).to.equal(true)
    await chain.sign() // without a checkpoint, there is no export
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
    await parley[Symbol.asyncDispose]()
  })

  const token = (): string => world.people.admin.token
  const ended = (count: number): Promise<Access[]> =>
    eventually(async () => {
      const events = await eventsOf(parley)
      expect(events.filter(({ type }) => type === 'PrivilegedAccessEnded')).to.have.length(count)
      return events
    })

  it('is in the log from its start to its end: every such route, by whom, with what it asked for', async () => {
    const before = (await ended((await eventsOf(parley)).length / 2)).length / 2
    for (const { name } of recorded) {
      const { path } = requests[name]!(world)
      const { status, body } = await parley.call('GET', path, { token: token() })
      expect(status, `${name}: ${JSON.stringify(body)}`).to.equal(200)
    }
    const events = (await ended(before + recorded.length)).slice(2 * before)
    for (const { name } of recorded) {
      const of = events.filter(({ operation }) => operation === name.split('?')[0])
      expect(
        of.map(({ type, by }) => [type, by]),
        name,
      ).to.deep.equal([
        ['PrivilegedAccessStarted', world.people.admin.id],
        ['PrivilegedAccessEnded', world.people.admin.id],
      ])
      expect(of[1], name).to.include({ accessId: of[0]?.accessId, outcome: 'done' })
    }
  })

  it('keeps filter and reason sealed, under a key that nothing destroys', async () => {
    const before = await ended((await eventsOf(parley)).length / 2)
    const { log, dataKeys } = parley.app.core
    const filter = { chatId: world.chatId, order: 'asc' }
    const answer = await parley.call('GET', `/audit/entries?chatId=${filter.chatId}&order=asc&limit=3`, {
      token: token(),
      headers: { 'Parley-Reason': encodeURIComponent('Überprüfung'), 'Parley-Position': await log.head() },
    })
    expect(answer.body).to.have.length(3)
    const [started, end] = (await ended(before.length / 2 + 1)).slice(before.length)
    expect(started).to.include({ reason: 'Überprüfung' })
    expect(JSON.parse(started?.filter ?? '')).to.include(filter)
    expect(end).to.include({ outcome: 'done', rows: 3 })
    const opened = (await accessesIn(parley)).find(({ event }) => event.type === 'PrivilegedAccessStarted')
    const [stored] = await log.readStream(opened?.stream ?? '', { limit: 1 })
    expect(stored?.data).to.contain('"key":"audit"').and.not.contain('filter')
    let refused: unknown
    await dataKeys.destroy('audit').catch((error: unknown) => (refused = error))
    expect(String(refused)).to.contain('never destroyed')
  })

  it('refuses a reason that cannot be kept, and records nothing', async () => {
    const before = (await eventsOf(parley)).length
    for (const reason of ['%ff', encodeURIComponent('a'.repeat(1_001))]) {
      const answer = await parley.call('GET', '/reports', { token: token(), headers: { 'Parley-Reason': reason } })
      expect([answer.status, (answer.body as { code: string }).code]).to.deep.equal([400, 'validation-failed'])
    }
    expect(await eventsOf(parley)).to.have.length(before)
  })

  it('that is refused ends as failed; one by a participant of what they may see is not recorded', async () => {
    const before = (await eventsOf(parley)).length
    const { status } = await parley.call('GET', `/audit/chats/${randomUUID()}`, { token: token() })
    expect(status).to.equal(404)
    expect((await ended(before / 2 + 1)).at(-1)).to.include({ outcome: 'failed', rows: 0 })
    await parley.call('GET', `/chats/${world.chatId}`, { token: world.people.participant.token })
    await parley.call('GET', `/users?ids=${world.people.bystander.id}`, { token: token() })
    expect(await eventsOf(parley)).to.have.length(before + 2)
  })

  /** Holds a lock while the work runs: what needs the table waits. */
  async function whileLocked<Result>(lock: string, work: () => Promise<Result>): Promise<Result> {
    const client = await parley.app.core.databases.main.connect()
    try {
      await client.query(`begin; lock table ${lock}`)
      return await work()
    } finally {
      await client.query('rollback')
      client.release()
    }
  }

  it('that its client cuts off ends as cut', async () => {
    const before = (await eventsOf(parley)).length
    const { projections } = parley.app.core
    await whileLocked(`reports_${projections.conversations.version}_1 in access exclusive mode`, async () => {
      const call = httpRequest(`${parley.app.url}/reports`, { headers: { authorization: `Bearer ${token()}` } })
      call.on('error', () => undefined)
      call.end()
      await eventually(async () => {
        expect(await eventsOf(parley)).to.have.length(before + 1)
      })
      call.destroy()
      expect((await ended(before / 2 + 1)).at(-1)).to.include({ outcome: 'cut', rows: 0 })
    })
  })

  if (kind === 'postgres')
    it('is answered 503, and not done, while it cannot be recorded', async () => {
      const before = (await eventsOf(parley)).length
      const code = await whileLocked('events in share mode', async () => {
        const answer = await parley.call('GET', '/reports', { token: token() })
        expect([answer.status, answer.headers.get('retry-after')]).to.deep.equal([503, '2'])
        return (answer.body as { code: string }).code
      })
      expect(code).to.equal('read-not-recorded')
      const events = (await eventsOf(parley)).slice(before)
      expect(events.filter(({ type }) => type === 'PrivilegedAccessEnded')).to.deep.equal([])
    })
})
