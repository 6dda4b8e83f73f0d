import { expect } from 'chai'
import { userInfo } from 'node:os'
import type { AnyEvent } from '../../src/domain/any-event.js'
import type { Opened } from '../../src/domain/event.js'
import type { ReplayedChat } from '../../src/replay/replay.js'
import { startChild } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

describe('parley replay, beside a running server', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ann: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp()
    ann = await parley.register('Ann')
    const body = { participantIds: [], name: 'Garden' }
    chatId = ((await parley.call('POST', '/chats', { token: ann.token, body })).body as { id: string }).id
    for (const content of ['one', 'two'])
      await parley.call('POST', `/chats/${chatId}/messages`, { token: ann.token, body: { content } })
  })

  after(() => parley[Symbol.asyncDispose]())

  async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
    await using child = startChild('cli.js', args, parley.environment)
    return { code: await child.exited, output: child.output }
  }

  async function accesses(): Promise<Opened<AnyEvent>[]> {
    const { log, reader } = parley.app.core
    const { events } = await log.readAll(log.start, 10_000)
    const opened = await reader.open(events.filter(({ type }) => type.startsWith('PrivilegedAccess')))
    return opened.map(({ event }) => event)
  }

  it('shows a chat and a user as they were, for people and for programs', async () => {
    const text = await run('replay', 'chat', chatId)
    expect(text.code, text.output).to.equal(0)
    expect(text.output)
      .to.match(/Garden, version 3/)
      .and.match(/owner Ann/)
      .and.match(/1 .* Ann .*: one\n2 .*: two/)
    const { code, output } = await run('replay', 'chat', chatId.toUpperCase(), '--version', '2', '--json')
    expect(code, output).to.equal(0)
    const page = JSON.parse(output) as ReplayedChat
    expect(page.messages.map(({ content }) => content)).to.deep.equal(['one'])
    const user = await run('replay', 'user', ann.id)
    expect(JSON.parse(user.output)).to.include({ id: ann.id, name: 'Ann', status: 'active' })
  })

  it('shows what is different between two times', async () => {
    const { log, reader } = parley.app.core
    const events = await log.readStream(`chat-${chatId}`, { limit: 10 })
    const [created = '', , last = ''] = events.map((event) => reader.decode(event).metadata.at)
    const { code, output } = await run('replay', 'chat', chatId, '--diff', created, last)
    expect(code, output).to.equal(0)
    const lines = output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as object]))
    expect(lines.at(-1)).to.include({ what: 'message', seq: 2, change: 'sent', before: null, after: 'two' })
    expect((await run('replay', 'chat', chatId, '--diff', last, last)).output).to.equal('')
  })

  it('is recorded in the log as done by the account that ran it, with its arguments and reason', async () => {
    const before = (await accesses()).length
    const { code, output } = await run('replay', 'chat', chatId, '--version', '9', '--reason', 'A complaint')
    expect([code, output]).to.deep.equal([1, 'The chat has not come to this version yet\n'])
    const [started, ended] = (await accesses()).slice(before)
    const by = `system:${userInfo().username}`
    expect(started).to.include({ type: 'PrivilegedAccessStarted', by, operation: 'parley replay chat' })
    expect(started).to.include({ reason: 'A complaint' })
    expect(JSON.stringify(started)).to.contain(chatId)
    expect(ended).to.include({ type: 'PrivilegedAccessEnded', by, outcome: 'failed' })
  })

  it('is refused without a right moment, and opens nothing', async () => {
    const before = (await accesses()).length
    for (const args of [
      ['--at', 'yesterday'],
      ['--version', '0'],
      ['--at', '2026-03-03T12:00:00Z', '--version', '1'],
    ])
      expect((await run('replay', 'chat', chatId, ...args)).code, args.join(' ')).to.equal(2)
    expect(await accesses()).to.have.length(before)
  })

  it('keeps no address that a command is given', async () => {
    const before = (await accesses()).length
    const { code, output } = await run('user', 'grant', ann.email, 'analyst', '--yes')
    expect(code, output).to.equal(0)
    const [started] = (await accesses()).slice(before)
    expect(started).to.include({ operation: 'parley user grant', filter: '{"args":[]}' })
  })

  it('that is interrupted ends with the process, and in the log as cut', async () => {
    const before = (await accesses()).length
    const client = await parley.app.core.databases.main.connect()
    try {
      await client.query('begin; lock table audit_checkpoints in access exclusive mode')
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        const started = (await accesses()).length
        await using child = startChild('cli.js', ['audit', 'export'], parley.environment)
        await eventually(async () => {
          expect(await accesses()).to.have.length(started + 1)
        })
        child.process.kill(signal)
        expect(await child.exited, child.output).to.equal(null)
        expect(child.process.signalCode).to.equal(signal)
      }
    } finally {
      await client.query('rollback')
      client.release()
    }
    const events = (await accesses()).slice(before)
    const ends = events.filter(({ type }) => type === 'PrivilegedAccessEnded')
    expect(ends).to.have.length(3)
    for (const end of ends) expect(end).to.include({ operation: 'parley audit export', outcome: 'cut' })
  })
})
