import { expect } from 'chai'
import type { LiveChat, Message } from '../../packages/client/src/index.js'
import { createReleases } from '../../src/app/release.js'
import { openBreakableProxy, type BreakableProxy } from '../support/breakable-proxy.js'
import { eventually } from '../support/eventually.js'
import { randomsOf } from '../support/randoms.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { createGroup, registerClient, type Registered } from './clients.js'

describe('a chat that a client has opened', () => {
  let releases = createReleases()
  let parley: TestApp
  let proxy: BreakableProxy
  let ada: Registered
  let bob: Registered
  let carl: Registered
  let chatId: string
  let live: LiveChat

  beforeEach(async () => {
    releases = createReleases()
    parley = releases.add(await startTestApp())
    proxy = releases.add(await openBreakableProxy(parley.app.url))
    ada = await registerClient(parley.app.url, 'ada', releases)
    bob = await registerClient(proxy.url, 'bob', releases)
    carl = await registerClient(parley.app.url, 'carl', releases)
    chatId = await createGroup(ada, bob)
    await Promise.all([ada.client.connect(), bob.client.connect()])
    live = await bob.client.open(chatId, { pageSize: 20 })
  })
  afterEach(() => releases[Symbol.asyncDispose]())

  const path = () => ({ id: chatId })
  const ofMessage = ({ id }: Message) => ({ id: chatId, messageId: id })

  const fetched = async () => {
    const { api } = ada.client
    const [chat, participants, messages, pins] = await Promise.all([
      api.get('/chats/{id}', { path: path() }),
      api.get('/chats/{id}/participants', { path: path() }),
      api.get('/chats/{id}/messages', { path: path(), query: { limit: 200 } }),
      api.get('/chats/{id}/pins', { path: path() }),
    ])
    const byId = (one: { id: string }, other: { id: string }): number => one.id.localeCompare(other.id)
    return {
      name: chat.body.name,
      archivedAt: chat.body.archivedAt,
      participants: participants.body.map(({ id, role }) => ({ id, role })).sort(byId),
      messages: messages.body,
      pinnedIds: pins.body.map(({ message }) => message.id).sort(),
    }
  }

  const shown = ({ state }: LiveChat) => ({
    name: state.chat.name,
    archivedAt: state.chat.archivedAt,
    participants: state.participants
      .map(({ id, role }) => ({ id, role }))
      .toSorted((one, other) => one.id.localeCompare(other.id)),
    messages: state.messages.map((message) => ({ ...message, reactions: message.reactions.toSorted(byEmoji) })),
    pinnedIds: state.pinnedIds.toSorted(),
  })
  const byEmoji = (one: { emoji: string }, other: { emoji: string }): number => one.emoji.localeCompare(other.emoji)

  it('shows what is fetched later: the snapshot and the events after it', async () => {
    const random = randomsOf(7)
    const { api } = ada.client
    const sent: Message[] = []
    const ofBob: Promise<Message>[] = []
    const any = (): Message => sent[random.below(sent.length)] ?? sent[0]!
    const actions = [
      async () => sent.push(await ada.client.send(chatId, { content: `message ${sent.length}` }).sent),
      () => Promise.resolve(ofBob.push(bob.client.send(chatId, { content: `of bob ${ofBob.length}` }).sent)),
      () =>
        api.patch('/chats/{id}/messages/{messageId}', {
          path: ofMessage(sent[0]!),
          body: { content: `edited ${sent.length}` },
        }),
      () =>
        api.put('/chats/{id}/messages/{messageId}/reactions/{emoji}', { path: { ...ofMessage(any()), emoji: '👍' } }),
      () =>
        api.delete('/chats/{id}/messages/{messageId}/reactions/{emoji}', {
          path: { ...ofMessage(any()), emoji: '👍' },
        }),
      () => api.put('/chats/{id}/pins/{messageId}', { path: ofMessage(any()) }),
      () => api.delete('/chats/{id}/pins/{messageId}', { path: ofMessage(any()) }),
      () => api.post('/chats/{id}/participants', { path: path(), body: { userId: carl.id } }),
      () =>
        api
          .delete('/chats/{id}/participants/{userId}', { path: { ...path(), userId: carl.id } })
          .catch(() => undefined),
      () => api.patch('/chats/{id}', { path: path(), body: { name: `Garden ${sent.length}` } }),
      () => Promise.resolve().then(() => proxy.cut()),
      () => Promise.resolve().then(() => proxy.restore()),
    ]
    sent.push(await ada.client.send(chatId, { content: 'first' }).sent)
    for (let step = 0; step < 80; step++) {
      await actions[random.below(actions.length)]?.()
    }
    await api.delete('/chats/{id}/messages/{messageId}', { path: ofMessage(sent.at(-1)!) })
    proxy.restore()
    await Promise.all(ofBob)
    // Fetched each time: the read model may not have the last of Bob's messages yet.
    await eventually(async () => expect(shown(live)).to.deep.equal(await fetched()))
  })

  it('shows a message from the moment it is sent on, first pending, then once, and never neither', async () => {
    const states: string[][] = []
    live.onChange(({ messages, pending }) => {
      states.push([...messages.map(({ content }) => `${content}`), ...pending.map(({ input }) => `${input.content}…`)])
    })
    await bob.client.send(chatId, { content: 'hello' }).sent
    await eventually(() => expect(live.state.messages).to.have.length(1))
    const distinct = states.filter((state, index) => JSON.stringify(state) !== JSON.stringify(states[index - 1]))
    expect(distinct[0]).to.deep.equal(['hello…'])
    expect(distinct.at(-1)).to.deep.equal(['hello'])
    for (const state of states) expect(state.join()).to.include('hello')
  })

  it('takes back a message that the server refuses', async () => {
    const { sent } = bob.client.send(chatId, { content: 'x'.repeat(10_001) })
    expect(live.state.pending).to.have.length(1)
    expect(await sent.catch((error: unknown) => error)).to.have.property('code', 'message-too-long')
    expect(live.state).to.deep.include({ pending: [], messages: [] })
  })

  it('loads older messages, as they are now', async () => {
    const sent: Message[] = []
    for (let index = 0; index < 50; index++) sent.push(await ada.client.send(chatId, { content: `${index}` }).sent)
    live.close()
    live = await bob.client.open(chatId, { pageSize: 20 })
    expect(live.state.hasOlder).to.equal(true)
    const edits = sent.slice(0, 40).map((message) =>
      ada.client.api.patch('/chats/{id}/messages/{messageId}', {
        path: ofMessage(message),
        body: { content: `edited ${message.content}` },
      }),
    )
    await Promise.all([live.loadOlder(), ...edits])
    await live.loadOlder()
    expect(live.state.hasOlder).to.equal(false)
    const { messages } = await fetched()
    await eventually(() => expect(live.state.messages).to.deep.equal(messages))
  })

  it('ends with the membership', async () => {
    await ada.client.api.delete('/chats/{id}/participants/{userId}', { path: { ...path(), userId: bob.id } })
    await eventually(() => expect(live.state.isParticipant).to.equal(false))
  })

  it('follows names and read markers', async () => {
    const { seq } = await bob.client.send(chatId, { content: 'hello' }).sent
    await ada.client.api.put('/chats/{id}/read', { path: path(), body: { seq } })
    await ada.client.api.patch('/users/me', { body: { name: 'Ada L.' } })
    const ofAda = () => live.state.participants.find(({ id }) => id === ada.id)
    await eventually(() => expect(ofAda()).to.include({ name: 'Ada L.', readSeq: seq }))
  })
})
