import { expect } from 'chai'
import { personKey } from '../../../src/privacy/key-names.js'
import { resetProjection } from '../../../src/projections/checkpoint.js'
import { startRunner } from '../../../src/projections/runner.js'
import { openProjection } from '../../../src/projections/checkpoint.js'
import { createConversationQueries } from '../../../src/projections/conversations/create-conversation-queries.js'
import { startTestApp, type Person, type TestApp } from '../../support/test-app.js'

describe('personal data', () => {
  let parley: TestApp
  let alice: Person
  let bob: Person
  let chatId: string

  const agent = 'VeryOwnAgent/1.0'
  const say = (token: string, content: string) =>
    parley.call('POST', `/chats/${chatId}/messages`, {
      token,
      body: { content, metadata: { note: 'SecretNote' }, clientMessageId: `OwnKey-${content.length}` },
      headers: { 'user-agent': agent },
    })

  before(async () => {
    parley = await startTestApp()
    alice = await parley.register('AliceUnmistakable')
    bob = await parley.register('BobUnmistakable')
    await parley.call('PATCH', '/users/me', { token: alice.token, body: { statusText: 'StatusUnmistakable' } })
    const body = { participantIds: [bob.id], name: 'ChatUnmistakable' }
    chatId = ((await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }).id
    await say(alice.token, 'ContentOfAlice')
    await say(bob.token, 'ContentOfBob')
  })

  after(() => parley[Symbol.asyncDispose]())

  it('stands nowhere in clear in any stored event', async () => {
    const { rows } = await parley.app.core.databases.main.query<{ text: string }>(
      `select stream || type || data || metadata as text from events`,
    )
    const all = rows.map(({ text }) => text).join('\n')
    expect(rows.length).to.be.greaterThan(5)
    expect(all).to.include(alice.id)
    const personal = ['Unmistakable', 'ContentOf', 'SecretNote', 'OwnKey', agent, '127.0.0.1', '@example.com']
    for (const text of personal) expect(all).not.to.include(text)
  })

  it('is gone with its key after a rebuild, and everything else is as it was', async () => {
    const { core } = parley.app
    const before = await core.queries.messages(chatId, bob.id, { latest: true }, 10)
    await core.dataKeys.destroy(personKey(alice.id))
    await core.runners.conversations[Symbol.asyncDispose]()
    const { main: pool } = core.databases
    await resetProjection(pool, core.projections.conversations, core.log.start)
    const open = await openProjection(pool, core.projections.conversations, core.log.start)
    const onFailure = (_: string, error: unknown): never => {
      throw error
    }
    await using runner = startRunner(open, { log: core.log, pool, onFailure })
    await runner.progress.reached(await core.log.head())
    const queries = createConversationQueries(pool, open)

    const after = await queries.messages(chatId, bob.id, { latest: true }, 10)
    const [ofAlice, ofBob] = before?.answer.messages ?? []
    expect(ofAlice?.content).to.equal('ContentOfAlice')
    const erased = { content: null, metadata: null, clientMessageId: null }
    const sender = { id: alice.id, name: null, avatarUrl: null }
    expect(after?.answer.messages).to.deep.equal([{ ...ofAlice, ...erased, sender }, ofBob])
    expect(after?.version).to.equal(before?.version)

    const chat = await queries.chat(chatId, bob.id)
    expect(chat?.answer).to.deep.include({ name: null, participantCount: 2, lastSeq: 2, createdBy: alice.id })
    expect(chat?.answer.participants.map(({ name, role }) => [name, role])).to.deep.equal([
      [null, 'owner'],
      ['BobUnmistakable', 'member'],
    ])
  })
})
