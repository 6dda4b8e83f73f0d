import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import type { ManagedProjection } from '../../src/projections/managed-projection.js'
import { startChild, type Child } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

const SOON = { timeoutMs: 120_000 }

onEachLog('rebuilding while people keep working, on two nodes', function (kind) {
  let parley: TestApp
  let child: Child
  let users: TestUser[]
  let chatId: string

  before(async function () {
    this.timeout(240_000)
    parley = await startTestApp(logConfig(kind))
    users = await Promise.all(['Ada', 'Bob', 'Eve'].map((name) => parley.register(name)))
    const body = { participantIds: users.map(({ id }) => id), name: 'Garden' }
    const created = await parley.call('POST', '/chats', { token: users[0]!.token, body })
    chatId = (created.body as { id: string }).id
    child = startChild('main.js', [], parley.environment)
    await child.says('listens on')
  })

  after(async () => {
    await child[Symbol.asyncDispose]()
    await parley[Symbol.asyncDispose]()
  })

  const projections = (): readonly ManagedProjection[] => parley.app.core.managedProjections

  const named = (name: string): ManagedProjection => projections().find((one) => one.name === name)!

  async function generationOf(one: ManagedProjection): Promise<number> {
    return (await one.state()).generation ?? 0
  }

  async function rebuilt(one: ManagedProjection): Promise<void> {
    const before = await generationOf(one)
    expect(await one.rebuild(), one.name).to.equal(true)
    await eventually(async () => expect(await generationOf(one), one.name).to.be.above(before), SOON)
  }

  /** A user's pause: the test shows what a rebuild does to working users, not what an overloaded machine does. */
  const THINK_MS = 20

  /** Sends and reads on a node until it is stopped; everything that did not succeed, and how many messages were sent. */
  function work(url: () => string, { token }: TestUser, mayFail: () => boolean) {
    const stop = new AbortController()
    const failed: string[] = []
    let sent = 0
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

    async function request(method: string, path: string, body?: object): Promise<unknown> {
      try {
        const response = await fetch(`${url()}${path}`, {
          method,
          headers,
          ...(body && { body: JSON.stringify(body) }),
        })
        const answer = await response.json()
        if (response.ok) return answer
        if (!(mayFail() && response.status === 503)) failed.push(`${method} ${path}: ${JSON.stringify(answer)}`)
      } catch (error) {
        if (!mayFail()) failed.push(`${method} ${path}: ${String(error)}`)
      }
      return null
    }

    async function run(): Promise<void> {
      while (!stop.signal.aborted) {
        await setTimeout(THINK_MS)
        const message = (await request('POST', `/chats/${chatId}/messages`, { content: `message ${sent}` })) as {
          id: string
        } | null
        if (message === null) continue
        sent++
        const page = (await request('GET', `/chats/${chatId}/messages?limit=20`)) as { id: string }[] | null
        if (page !== null && !page.some(({ id }) => id === message.id))
          failed.push(`${message.id} was not read by its sender`)
        await request('GET', '/chats')
      }
    }

    const running = run()
    return {
      failed,
      async stop() {
        stop.abort()
        await running
        return sent
      },
    }
  }

  async function expectNoDifferences(): Promise<void> {
    for (const one of projections()) {
      expect(await one.diff(), one.name).to.equal(true)
      const found = await eventually(async () => {
        const comparison = await one.lastComparison()
        expect(comparison, one.name).to.be.an('object')
        return comparison
      }, SOON)
      expect(found?.differences, one.name).to.deep.equal({})
    }
  }

  it('fails no request, loses nothing, and gives the same rows: twice each, one cancelled, one crashed', async function () {
    let isKilled = false
    const other = /listens on (\S+)/.exec(child.output)?.[1] ?? ''
    const here = [
      work(
        () => parley.app.url,
        users[0]!,
        () => isKilled,
      ),
      work(
        () => parley.app.url,
        users[1]!,
        () => isKilled,
      ),
    ]
    const there = work(
      () => other,
      users[2]!,
      () => isKilled,
    )
    await Promise.all(projections().map(rebuilt))
    await Promise.all(projections().map(rebuilt))

    const conversations = named('conversations')
    const generation = await generationOf(conversations)
    await conversations.rebuild()
    await conversations.cancel()
    expect(await generationOf(conversations)).to.be.within(generation, generation + 1)

    await Promise.all(projections().map((one) => one.rebuild()))
    isKilled = true
    child.process.kill('SIGKILL')
    const sentThere = await there.stop()
    for (const one of projections())
      await eventually(async () => expect((await one.state()).rebuild, one.name).to.equal(null), SOON)

    const sent = sentThere + (await here[0]!.stop()) + (await here[1]!.stop())
    expect([...here[0]!.failed, ...here[1]!.failed, ...there.failed].join('\n')).to.equal('')
    expect(sentThere).to.be.above(0)
    const { body } = await parley.call('GET', `/chats/${chatId}`, { token: users[0]!.token })
    expect((body as { lastSeq: number }).lastSeq).to.be.at.least(sent)
    await expectNoDifferences()
  }).timeout(240_000)
})
