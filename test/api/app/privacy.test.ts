import { expect } from 'chai'
import { userKey } from '../../../src/privacy/key-names.js'
import { eventually } from '../../support/eventually.js'
import type {
  ChatView,
  MessageView,
  ParticipantView,
  ProfileView,
} from '../../../src/projections/conversations/views.js'
import { logConfig, onEachLog } from '../../support/event-logs.js'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'

onEachLog('personal data', (kind) => {
  let parley: TestApp
  let alice: TestUser
  let bob: TestUser
  let chatId: string

  const agent = 'VeryOwnAgent/1.0'
  const postMessage = (token: string, content: string) =>
    parley.call('POST', `/chats/${chatId}/messages`, {
      token,
      body: { content, metadata: { note: 'SecretNote' }, clientMessageId: `OwnKey-${content.length}` },
      headers: { 'user-agent': agent },
    })

  before(async () => {
    parley = await startTestApp(logConfig(kind))
    alice = await parley.register('AliceUnmistakable')
    bob = await parley.register('BobUnmistakable')
    await parley.call('PATCH', '/users/me', { token: alice.token, body: { statusText: 'StatusUnmistakable' } })
    const body = { participantIds: [bob.id], name: 'ChatUnmistakable' }
    chatId = ((await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }).id
    await postMessage(alice.token, 'ContentOfAlice')
    await postMessage(bob.token, 'ContentOfBob')
  })

  after(() => parley[Symbol.asyncDispose]())

  it('is encrypted in every stored event', async () => {
    const { log } = parley.app.core
    const { events } = await log.readAll(log.start, 1_000)
    const all = events.map(({ stream, type, data, metadata }) => stream + type + data + metadata).join('\n')
    expect(events.length).to.be.greaterThan(5)
    expect(all).to.include(alice.id)
    const personal = ['Unmistakable', 'ContentOf', 'SecretNote', 'OwnKey', agent, '127.0.0.1', '@example.com']
    for (const text of personal) expect(all).not.to.include(text)
  })

  it('is erased with its key after a rebuild, and everything else is unchanged', async () => {
    const position = (await postMessage(bob.token, 'ContentOfBobAgain')).headers.get('parley-position')
    const read = async <Body>(path: string): Promise<Body> => {
      const answer = await parley.call('GET', path, { token: bob.token, headers: { 'parley-position': position } })
      expect(answer.status).to.equal(200)
      return answer.body as Body
    }
    const readAll = async () => ({
      messages: await read<MessageView[]>(`/chats/${chatId}/messages`),
      chat: await read<ChatView & { participants: ParticipantView[] }>(`/chats/${chatId}`),
      profile: await read<ProfileView>(`/users/${alice.id}`),
    })
    const before = await readAll()
    expect(before.messages.map(({ content }) => content)).to.deep.equal([
      'ContentOfAlice',
      'ContentOfBob',
      'ContentOfBobAgain',
    ])
    expect(before.profile).to.include({ name: 'AliceUnmistakable', statusText: 'StatusUnmistakable' })

    const { dataKeys, managedProjections, runners } = parley.app.core
    await dataKeys.destroy(userKey(alice.id))
    await managedProjections.find(({ name }) => name === 'conversations')?.rebuild()
    await eventually(() => expect(runners.conversations.status().generation).to.equal(2))

    const nobody = { id: alice.id, name: null, avatarUrl: null, isBot: false }
    const [ofAlice, ...ofBob] = before.messages
    const [owner, member] = before.chat.participants
    expect(await readAll()).to.deep.equal({
      messages: [
        { ...ofAlice, sender: nobody, content: null, contentHtml: null, metadata: null, clientMessageId: null },
        ...ofBob,
      ],
      chat: { ...before.chat, name: null, participants: [{ ...owner, ...nobody }, member] },
      profile: { ...nobody, statusText: null },
    })
  })
})
