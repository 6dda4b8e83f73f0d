import { createSecretKey, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import type { Caller } from '../../src/commands/run-command.js'
import { chatStream } from '../../src/domain/streams.js'
import { createImportIds } from '../../src/import/import-ids.js'
import { importLines, type ImportSummary } from '../../src/import/import-lines.js'
import { userKey } from '../../src/privacy/key-names.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { uuid } from '../support/uuid.js'

const originalAt = (second: number): string => new Date(Date.UTC(2020, 0, 1, 10, 0, second)).toISOString()
const line = (second: number, user: string, type: string, rest: object = {}): string =>
  JSON.stringify({ chat: 'general', user, at: originalAt(second), type, ...rest })
const says = (second: number, user: string, content: string): string => line(second, user, 'message', { content })

describe('what an import makes of histories', () => {
  const ids = createImportIds(createSecretKey(randomBytes(32)), 'archive')
  const chatId = ids.chat('general')
  let parley: TestApp

  beforeEach(async () => {
    parley = await startTestApp()
  })

  afterEach(() => parley[Symbol.asyncDispose]())

  const importAll = (...lines: string[]): Promise<ImportSummary> => {
    const { run, sealer, runners, dataKeys } = parley.app.core
    async function* each(): AsyncGenerator<string> {
      for (const text of lines) yield await Promise.resolve(text)
    }
    return importLines(each(), {
      run,
      ids,
      makeKeys: (userIds) => dataKeys.getOrCreate(userIds.map(userKey)),
      fingerprint: (userId, text) => sealer.fingerprint(userId, text),
      projected: (position) => runners.decisionIndex.progress.reached(position),
      correlationId: uuid('import'),
      onRefused: () => undefined,
      onLine: () => undefined,
    })
  }

  const eventsOf = (stream: string) => parley.app.core.log.readStream(stream, { limit: 1_000 })
  const caughtUp = async () => {
    const { log, runners, queries } = parley.app.core
    await runners.conversations.progress.reached(await log.head())
    return queries
  }

  it('the first user of a chat creates and owns it; a sender who is not a member joins first', async () => {
    await importAll(says(1, 'Alice', 'Hello'), says(2, 'Bob', 'Hi'))
    const page = await (await caughtUp()).participants(chatId, ids.user('Alice'), 10, null)
    expect(page?.answer.items.map(({ id, role }) => [id, role])).to.deep.equal([
      [ids.user('Alice'), 'owner'],
      [ids.user('Bob'), 'member'],
    ])
  })

  it('every line of a source without refusals is unchanged when it is imported again', async () => {
    const lines = [
      says(1, 'Alice', 'Hello'),
      says(2, 'Alice', 'Hello'),
      line(3, 'Bob', 'join'),
      line(4, 'Bob', 'leave'),
      line(5, 'Bob', 'join'),
      line(6, 'Alice', 'leave'),
      says(7, 'Alice', 'Back again'),
      line(8, 'Bob', 'leave'),
    ]
    expect(await importAll(...lines)).to.include({ messages: 3, unchanged: 0, refused: 0 })
    const before = await eventsOf(chatStream(chatId))
    expect(await importAll(...lines)).to.include({ messages: 0, unchanged: lines.length, refused: 0 })
    expect(await eventsOf(chatStream(chatId))).to.deep.equal(before)
  })

  it('lines under a new name belong to the user who changed to it', async () => {
    await importAll(says(1, 'Alice', 'one'), line(2, 'Alice', 'nick', { newName: 'Alicia' }), says(3, 'Alicia', 'two'))
    const queries = await caughtUp()
    const page = await queries.messages(chatId, ids.user('Alice'), { latest: true }, 10)
    expect(page?.answer.messages.map(({ sender }) => [sender.id, sender.name])).to.deep.equal([
      [ids.user('Alice'), 'Alicia'],
      [ids.user('Alice'), 'Alicia'],
    ])
    expect(await queries.profiles([ids.user('Alicia')])).to.deep.equal([])
  })

  it('a message is shown at its original time, and recorded at the time of its import', async () => {
    const began = new Date().toISOString()
    await importAll(says(1, 'Alice', 'Hello'))
    const page = await (await caughtUp()).messages(chatId, ids.user('Alice'), { latest: true }, 10)
    const [message] = page?.answer.messages ?? []
    expect(message?.createdAt).to.equal(originalAt(1))
    expect((message?.recordedAt ?? '') >= began).to.be.true
  })

  it('never writes to a native chat', async () => {
    const { id: userId } = await parley.register('Alice')
    const caller: Caller = { userId, origin: 'rest', correlationId: uuid('rest'), key: null, client: null }
    const settings = { historyVisibility: 'full', joinPolicy: 'open', imported: false } as const
    const chat = { chatId, chatType: 'group', participantIds: [], name: 'Team', ...settings } as const
    expect(await parley.app.core.run('createChat', chat, caller)).to.have.property('kind', 'done')
    const before = await eventsOf(chatStream(chatId))

    const error = await importAll(says(1, 'Bob', 'Hello')).catch((thrown: unknown) => thrown)

    expect(error).to.be.an('error').with.property('message').that.includes('not-imported')
    expect(await eventsOf(chatStream(chatId))).to.deep.equal(before)
  })
})
