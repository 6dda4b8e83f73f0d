import { expect } from 'chai'
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { createImportIds } from '../../src/import/import-ids.js'
import { importLines, type ImportSummary } from '../../src/import/import-lines.js'
import { chatStream } from '../../src/domain/streams.js'
import { userKey } from '../../src/privacy/key-names.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { uuid } from '../support/uuid.js'

const at = (second: number): string => new Date(Date.UTC(2020, 0, 1, 10, 0, second)).toISOString()
const line = (second: number, user: string, rest: object): string =>
  JSON.stringify({ chat: 'general', user, at: at(second), ...rest })
const says = (second: number, user: string, content: string) => line(second, user, { type: 'message', content })

describe('importing lines', () => {
  let parley: TestApp
  let masterKey: KeyObject

  beforeEach(async () => {
    parley = await startTestApp()
    masterKey = createSecretKey(randomBytes(32))
  })

  afterEach(() => parley[Symbol.asyncDispose]())

  const refused: string[] = []
  const keysMade: string[][] = []
  const steps: string[] = []
  let onProjected: (position: string) => unknown = () => undefined
  const importAll = (lines: string[], source = 'archive'): Promise<ImportSummary> => {
    const { run, sealer, runners, dataKeys } = parley.app.core
    refused.length = keysMade.length = steps.length = 0
    async function* each(): AsyncGenerator<string> {
      for (const text of lines) yield await Promise.resolve(text)
    }
    return importLines(each(), {
      async run(name, input, caller) {
        steps.push(`${name} begun`)
        const result = await run(name, input, caller)
        steps.push(`${name} done`)
        return result
      },
      ids: createImportIds(masterKey, source),
      makeKeys(userIds) {
        keysMade.push([...userIds])
        return dataKeys.getOrCreate(userIds.map(userKey))
      },
      fingerprint: (userId, text) => sealer.fingerprint(userId, text),
      projected(position) {
        onProjected(position)
        return runners.decisionIndex.progress.reached(position)
      },
      correlationId: uuid('import'),
      onRefused: (number, reason) => refused.push(`${number}: ${reason}`),
      onLine: () => undefined,
    })
  }

  const chatId = (): string => createImportIds(masterKey, 'archive').chat('general')
  const userId = (name: string): string => createImportIds(masterKey, 'archive').user(name)
  const typesInLog = async (): Promise<string[]> =>
    (await parley.app.core.log.readStream(chatStream(chatId()), { limit: 1_000 })).map(({ type }) => type)
  const seenBy = async (name: string) => {
    const { log, runners, queries } = parley.app.core
    await runners.conversations.progress.reached(await log.head())
    return (await queries.messages(chatId(), userId(name), { latest: true }, 100))?.answer.messages ?? []
  }

  const conversation = [
    says(1, 'alice', 'hello'),
    says(2, 'bob', 'hi'),
    says(3, 'bob', 'hi'),
    line(4, 'bob', { type: 'leave' }),
    line(5, 'carol', { type: 'leave' }),
    line(6, 'bob', { type: 'join' }),
    line(7, 'alice', { type: 'join' }),
    line(8, 'alice', { type: 'leave' }),
    '',
    'not json',
    line(11, 'bob', { type: 'nick', newName: 'robert' }),
    says(12, 'robert', 'me again'),
  ]

  it('imports the lines in their order, and counts them', async () => {
    expect(await importAll(conversation)).to.deep.equal({
      lines: 12,
      users: 3,
      chats: 1,
      messages: 4,
      unchanged: 1,
      refused: 2,
      stripped: 0,
    })
    expect(refused).to.have.members(['5: is not in the chat', '10: not JSON'])
    expect(await typesInLog()).to.deep.equal([
      'ChatCreated',
      'MessageSent',
      'ParticipantJoined',
      'MessageSent',
      'MessageSent',
      'ParticipantLeft',
      'ParticipantJoined',
      'ParticipantRoleChanged',
      'ParticipantLeft',
      'MessageSent',
    ])
  })

  it('registers the new users of many lines together, before their messages', async () => {
    await importAll(conversation)
    expect(keysMade).to.deep.equal([['alice', 'bob', 'carol'].map(userId)])
    expect(steps.slice(0, 7)).to.deep.equal([
      ...Array.from({ length: 3 }, () => 'registerUser begun'),
      ...Array.from({ length: 3 }, () => 'registerUser done'),
      'createChat begun',
    ])
  })

  it('a second run changes nothing, and lines can be added at the end of a source', async () => {
    await importAll(conversation)
    const before = await typesInLog()
    expect(await importAll(conversation)).to.include({ messages: 0 })
    expect(await typesInLog()).to.deep.equal(before)
    expect(await importAll([...conversation, says(13, 'dave', 'new')])).to.include({ messages: 1 })
    expect(await typesInLog()).to.deep.equal([...before, 'ParticipantJoined', 'MessageSent'])
  })

  it('a second run reports again the lines that the first one refused', async () => {
    await importAll(conversation)
    const first = [...refused]
    expect(await importAll(conversation)).to.include({ messages: 0, refused: 2, unchanged: 9 })
    expect(refused).to.have.members(first)
  })

  it('a corrected line is imported where no later one was, and refused otherwise', async () => {
    const lines = [says(1, 'alice', 'one'), 'not json', says(3, 'alice', 'three'), 'not json either']
    await importAll(lines)
    const mended = lines.with(1, says(2, 'alice', 'two')).with(3, says(4, 'alice', 'four'))
    expect(await importAll(mended)).to.include({ messages: 1, refused: 1 })
    expect(refused[0]).to.match(/^2: line-too-late/)
    expect((await seenBy('alice')).map(({ content }) => content)).to.deep.equal(['one', 'three', 'four'])
  })

  it('goes at the pace of the projections', async () => {
    const waitedFor: string[] = []
    const lines = Array.from({ length: 6_000 }, (_, index) => says(index % 60, 'alice', `message ${index}`))
    onProjected = (position) => waitedFor.push(position)
    await importAll(lines)
    expect(waitedFor.length).to.be.greaterThan(0)
    onProjected = () => undefined
  })

  it('stops at a line that differs from the one imported under its number, and names it', async () => {
    await importAll(conversation)
    const changed = conversation.with(1, says(2, 'mallory', 'something else'))
    const error = await importAll(changed).catch((stopped: unknown) => stopped)
    expect(error).to.be.an('error').with.property('name', 'ImportStopped')
    expect((error as Error).message).to.match(/^line 2 differs/)
  })

  it('keeps original and recorded times, and shows renamed users by their new name', async () => {
    await importAll(conversation)
    const messages = await seenBy('bob')
    expect(messages.map(({ content, sender: { name } }) => [name, content])).to.deep.equal([
      ['alice', 'hello'],
      ['robert', 'hi'],
      ['robert', 'hi'],
      ['robert', 'me again'],
    ])
    expect(messages[0]?.createdAt).to.equal(at(1))
    expect(Date.parse(messages[0]!.recordedAt)).to.be.greaterThan(Date.parse(at(1)))
  })

  it('another source has its own users and chats', async () => {
    await importAll(conversation)
    await importAll(conversation, 'another')
    expect((await typesInLog()).filter((type) => type === 'ChatCreated')).to.have.length(1)
    expect(createImportIds(masterKey, 'another').chat('general')).not.to.equal(chatId())
  })

  it('imports many lines in order, more than fit into queue and index at once', async () => {
    const lines = Array.from({ length: 9_001 }, (_, index) => says(index % 60, 'alice', `message ${index}`))
    expect(await importAll(lines)).to.include({ messages: 9_001, refused: 0 })
    const [last] = (await seenBy('alice')).slice(-1)
    expect(last).to.include({ seq: 9_001, content: 'message 9000' })
  })

  it('refuses invalid lines, with the reason and without their content', async () => {
    const bad = [
      '[]',
      line(1, '', { type: 'message', content: 'x' }),
      says(2, 'alice', ''),
      line(3, 'alice', { type: 'shout', content: 'x' }),
      line(4, 'alice', { type: 'message', content: 'x', extra: 1 }),
      JSON.stringify({ chat: 'general', user: 'alice', at: 'yesterday', type: 'join' }),
    ]
    expect(await importAll(bad)).to.include({ refused: 6, users: 0, chats: 0 })
    expect(refused[2]).to.equal('3: content: empty')
  })
})
