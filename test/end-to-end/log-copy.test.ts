import { expect } from 'chai'
import type { RecordedEvent } from '../../src/eventstore/event-log.js'
import { createApp } from '../../src/app/start-app.js'
import { readToEnd, rejectionOf } from '../contract/event-log-support.js'
import { startChild } from '../support/child.js'
import { eventStoreUrl } from '../support/event-store.js'
import { eventually } from '../support/eventually.js'
import { newPrefix, openEventStoreLog } from '../support/event-logs.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { connectionsTo, execute } from '../support/test-database.js'

const PATIENCE_MS = 300_000
const MESSAGES = 60

interface Ran {
  code: number | null
  output: string
}

const content = (events: readonly RecordedEvent[]) => events.map(({ position: _, ...event }) => event)

describe('parley log copy', function () {
  this.timeout(PATIENCE_MS)
  const prefix = newPrefix()
  let parley: TestApp
  let ada: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp()
    ada = await parley.withRoles('Ada', 'auditor')
    const created = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { participantIds: [], name: 'Garden' },
    })
    chatId = (created.body as { id: string }).id
    for (let n = 1; n <= MESSAGES; n++) await send(`message ${n}`)
  })

  after(() => parley[Symbol.asyncDispose]())

  async function send(text: string): Promise<string> {
    const { status, headers } = await parley.call('POST', `/chats/${chatId}/messages`, {
      token: ada.token,
      body: { content: text },
    })
    expect(status).to.equal(201)
    return headers.get('parley-position') ?? ''
  }

  const environment = () => ({ ...parley.environment, EVENTSTORE_STREAM_PREFIX: prefix })

  async function copy(from: string, to: string, ...args: string[]): Promise<Ran> {
    await using child = startChild('cli.js', ['log', 'copy', '--from', from, '--to', to, ...args], environment())
    const code = await child.exited
    return { code, output: child.output }
  }

  /** As `kill -9` does, while it copies. */
  async function crash(from: string, to: string): Promise<void> {
    await using child = startChild('cli.js', ['log', 'copy', '--from', from, '--to', to, '--json'], environment(), {
      isKilled: true,
    })
    await child.says('"done":')
    child.process.kill('SIGKILL')
    await child.exited
    const url = parley.config.databaseUrl ?? ''
    await eventually(async () => expect(await connectionsTo(url)).to.equal(0), { timeoutMs: 60_000 })
  }

  const wholeLog = async (): Promise<RecordedEvent[]> => {
    const { log } = parley.app.core
    return readToEnd(log, log.start)
  }

  const followers = () =>
    execute<{ name: string; position: string }>(
      parley.config.databaseUrl ?? '',
      `select name, position from followers where name <> 'eventstoredb-head' order by name`,
    )

  const chatOf = async (): Promise<{ version: number; lastSeq: number }> =>
    (await parley.call('GET', `/chats/${chatId}`, { token: ada.token })).body as { version: number; lastSeq: number }

  async function verify(): Promise<{ ok: boolean; done: number; head: { hash: string } }> {
    const core = parley.app.core
    const position = await core.log.head()
    expect(await core.chain.runner.progress.reached(position, { timeoutMs: 60_000 })).to.equal(true)
    return core.chain.verify('log', { onProgress: () => undefined, signal: new AbortController().signal })
  }

  it('copies beside a running node, and does not finish while it runs', async () => {
    const { code, output } = await copy('main', eventStoreUrl())
    expect(output).to.match(/\d+ events are the same in both logs, \d+ of them copied now/)
    expect(output).to.contain('Stop them, and run this again')
    expect(code).to.equal(1)
  })

  it('refuses to start on the unfinished copy, which has the id of the original', async () => {
    const error = await rejectionOf(
      createApp(
        { ...parley.config, eventStoreUrl: eventStoreUrl(), eventStoreStreamPrefix: prefix },
        { print: () => undefined },
      ),
    )
    expect(String(error)).to.contain('unfinished copy')
  })

  it('moves the log to EventStoreDB, also after a crash: same events, versions, read models, chain and followers', async () => {
    await send('one more')
    const before = {
      events: await wholeLog(),
      chat: await chatOf(),
      chain: await verify(),
      followers: await followers(),
    }
    const oldPosition = await send('the last one')
    const head = await parley.app.core.log.head()
    await parley.restart(
      async () => {
        await crash('main', eventStoreUrl())
        const { code, output } = await copy('main', eventStoreUrl())
        expect(output).to.contain('Start Parley with EVENTSTORE_URL set to it')
        expect(code).to.equal(0)
      },
      { eventStoreUrl: eventStoreUrl(), eventStoreStreamPrefix: prefix },
    )
    const events = await wholeLog()
    const copied = events.findIndex(({ type }) => type === 'LogCopied')
    const { log } = parley.app.core
    expect(content(events.slice(0, before.events.length))).to.deep.equal(content(before.events))
    expect(JSON.parse(events[copied]!.data)).to.deep.equal({ logId: log.id })
    expect(log.id).to.not.equal(head.slice(0, head.lastIndexOf('.')))

    const { version, lastSeq } = before.chat
    expect(await chatOf()).to.deep.include({ version: version + 1, lastSeq: lastSeq + 1 })
    expect((await verify()).ok).to.equal(true)
    const refused = await parley.call('GET', '/chats', {
      token: ada.token,
      headers: { 'parley-position': oldPosition },
    })
    expect(refused.status).to.equal(400)
    expect(refused.body).to.deep.include({ code: 'unknown-position' })

    const stored = await followers()
    expect(stored.map(({ name }) => name)).to.deep.equal(before.followers.map(({ name }) => name))
    for (const { position } of stored) expect(position.startsWith(`${log.id}.`), position).to.equal(true)
    expect(await send('after the move')).to.match(new RegExp(`^${log.id}`))
    const page = await parley.call('GET', '/audit/entries?order=asc&limit=1', { token: ada.token })
    expect(page.body).to.have.nested.property('[0].position', events[0]!.position)
  })

  it('does not start with the original any more', async () => {
    const error = await rejectionOf(createApp({ ...parley.config, eventStoreUrl: null }, { print: () => undefined }))
    expect(String(error)).to.contain('follow another event log')
  })

  it('moves it back to the Postgres where it came from', async () => {
    const before = await wholeLog()
    await parley.restart(
      async () => {
        const { code, output } = await copy(eventStoreUrl(), 'main', '--json')
        expect(code, output).to.equal(0)
        expect(JSON.parse(output.trim().split('\n').at(-1)!)).to.deep.include({ kind: 'finished', isInUse: true })
      },
      { eventStoreUrl: null, eventStoreStreamPrefix: '' },
    )
    const events = await wholeLog()
    expect(content(events.slice(0, before.length))).to.deep.equal(content(before))
    expect(events.filter(({ type }) => type === 'LogCopied').length).to.equal(2)
    expect((await verify()).ok).to.equal(true)
    await send('at home again')
  })

  it('is finished when it is run again, and refuses a copy that is in use', async () => {
    await parley.restart(async () => {
      const again = await copy(eventStoreUrl(), 'main')
      expect(again.output).to.contain('is in use')
      expect(again.code).to.equal(1)
    })
  })

  it('refuses a target with other events, one log twice, and an address that is none', async () => {
    const other = newPrefix()
    {
      await using log = await openEventStoreLog(other, () => ({
        id: '0e000000-0000-4000-8000-00000000000f',
        type: 'LogOpened',
        data: '{"logId":"another"}',
        metadata: '{}',
      }))
      expect(log.id).to.equal('another')
    }
    const run = async (...args: string[]): Promise<Ran> => {
      const env = { ...environment(), EVENTSTORE_STREAM_PREFIX: other }
      await using child = startChild('cli.js', ['log', 'copy', ...args], env)
      const code = await child.exited
      return { code, output: child.output }
    }
    const differs = await run('--from', 'main', '--to', eventStoreUrl())
    expect(differs.output).to.contain('event 1 there is not event 1 of the source')
    expect(differs.code).to.equal(1)
    const same = await run('--from', 'main', '--to', parley.config.databaseUrl ?? '')
    expect(same.output).to.contain('--from and --to name the same log')
    expect(same.code).to.equal(1)
    const wrong = await run('--from', 'main', '--to', 'mysql://x')
    expect(wrong.code).to.equal(2)
  })
})
