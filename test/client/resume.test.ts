import { expect } from 'chai'
import type { ChatEvent, Parley } from '../../packages/client/src/index.js'
import { createReleases } from '../../src/app/release.js'
import { openBreakableProxy, type BreakableProxy } from '../support/breakable-proxy.js'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { uuid } from '../support/uuid.js'
import { createGroup, registerClient, type Registered } from './clients.js'

/** The texts of the messages that are delivered from now on. */
function textsOf(client: Parley, chatId: string): string[] {
  const texts: string[] = []
  client.feed.onChatEvent(({ event, payload }) => {
    if (event === 'new_message' && payload.chatId === chatId) texts.push(payload.content ?? '')
  })
  return texts
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index}`)

describe('a client that was away', () => {
  let parley: TestApp
  let proxy: BreakableProxy
  let releases = createReleases()

  beforeEach(async () => {
    releases = createReleases()
    parley = releases.add(await startTestApp({ port: await freePort() }))
    proxy = releases.add(await openBreakableProxy(parley.app.url))
  })
  afterEach(() => releases[Symbol.asyncDispose]())

  const pair = async (): Promise<{ ada: Registered; bob: Registered; chatId: string }> => {
    const ada = await registerClient(parley.app.url, 'ada', releases)
    const bob = await registerClient(proxy.url, 'bob', releases)
    const chatId = await createGroup(ada, bob)
    await Promise.all([ada.client.connect(), bob.client.connect()])
    return { ada, bob, chatId }
  }

  it('gets what it missed, once and in order, when the network is back', async () => {
    const { ada, bob, chatId } = await pair()
    const texts = textsOf(bob.client, chatId)
    const sent = numbered(12)
    for (const [index, content] of sent.entries()) {
      if (index === 3) proxy.cut()
      if (index === 9) proxy.restore()
      await ada.client.send(chatId, { content }).sent
    }
    await eventually(() => expect(texts).to.deep.equal(sent))
    expect(bob.client.connection.state).to.equal('online')
  })

  it('sends what was written meanwhile, in its order and once, after the network broke at any moment', async () => {
    const { ada, bob, chatId } = await pair()
    const texts = textsOf(ada.client, chatId)
    const written = numbered(30)
    const sent = written.map((content, index) => {
      if (index % 10 === 5) proxy.cut()
      return bob.client.send(chatId, { content }).sent
    })
    proxy.restore()
    await sent[3]
    proxy.cut()
    expect(bob.client.outbox.pending(chatId)).not.to.be.empty
    proxy.restore()
    const messages = await Promise.all(sent)
    expect(messages.map(({ content }) => content)).to.deep.equal(written)
    await eventually(() => expect(texts).to.deep.equal(written))
    expect(bob.client.outbox.pending(chatId)).to.deep.equal([])
  })

  it('goes on after a restart of the server, with what was sent before and after it', async () => {
    const { ada, bob, chatId } = await pair()
    const texts = textsOf(bob.client, chatId)
    await ada.client.send(chatId, { content: 'before' }).sent
    let during: Promise<unknown> = Promise.resolve()
    await parley.restart(() => {
      during = ada.client.send(chatId, { content: 'during' }).sent
      return Promise.resolve()
    })
    await during
    await ada.client.send(chatId, { content: 'after' }).sent
    await eventually(() => expect(texts).to.deep.equal(['before', 'during', 'after']))
  })

  it('fetches what it missed of a chat that had no place among the 1,000 cursors of its handshake', async () => {
    const { ada, bob, chatId } = await pair()
    const cursor = bob.client.feed.cursor(chatId)
    bob.client.close()
    for (const content of numbered(3)) await ada.client.send(chatId, { content }).sent
    const others = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [uuid(`chat ${index}`), 1]))
    const cursors = { ...others, [chatId]: cursor ?? 0 }
    const again = await registerClient(proxy.url, 'bob', releases, { cursors })
    await again.client.session.login({ email: bob.email, password: 'correct horse' })
    const texts = textsOf(again.client, chatId)
    await again.client.connect()
    await eventually(() => expect(texts).to.deep.equal(numbered(3)))
    expect(again.client.feed.cursors()).to.have.all.keys(chatId)
  })

  it('gets `resync` where it missed more than 1,000 events: an open chat is loaded again', async () => {
    const { ada, bob, chatId } = await pair()
    const received: ChatEvent[] = []
    bob.client.feed.onChatEvent((event) => received.push(event))
    const live = await bob.client.open(chatId)
    proxy.cut()
    const lanes = Array.from({ length: 13 }, async () => {
      for (const content of numbered(77))
        await ada.client.api.post('/chats/{id}/messages', { path: { id: chatId }, body: { content } })
    })
    await Promise.all(lanes)
    proxy.restore()
    await eventually(() => expect(received.map(({ event }) => event)).to.deep.equal(['resync']))
    await ada.client.send(chatId, { content: 'the last' }).sent
    await eventually(() => expect(live.state.messages.at(-1)?.content).to.equal('the last'))
    const { body } = await ada.client.api.get('/chats/{id}/messages', { path: { id: chatId } })
    expect(live.state.messages.slice(-50)).to.deep.equal(body)
    live.close()
  })
})
