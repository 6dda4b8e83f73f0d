import { expect } from 'chai'
import type { ChatEvent } from '../../packages/client/src/index.js'
import { createReleases } from '../../src/app/release.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { createGroup, registerClient, type Registered } from './clients.js'

const contentOf = ({ event, payload }: ChatEvent): string | null => (event === 'new_message' ? payload.content : event)

describe('iterating over the events of a chat', () => {
  let releases = createReleases()
  let parley: TestApp
  let ada: Registered
  let bob: Registered
  let chatId: string

  beforeEach(async () => {
    releases = createReleases()
    parley = releases.add(await startTestApp())
    ada = await registerClient(parley.app.url, 'ada', releases)
    bob = await registerClient(parley.app.url, 'bob', releases)
    chatId = await createGroup(ada, bob)
    await Promise.all([ada.client.connect(), bob.client.connect()])
  })
  afterEach(() => releases[Symbol.asyncDispose]())

  const send = (...contents: string[]) =>
    Promise.all(contents.map((content) => ada.client.send(chatId, { content }).sent))

  async function take(events: AsyncGenerator<ChatEvent>, count: number): Promise<(string | null)[]> {
    const taken: (string | null)[] = []
    while (taken.length < count) {
      const next = await events.next()
      if (next.done === true) break
      taken.push(contentOf(next.value))
    }
    return taken
  }

  it('begins where it was asked for, though it is read only later', async () => {
    const events = bob.client.events(chatId)
    await send('one', 'two')
    expect(await take(events, 2)).to.deep.equal(['one', 'two'])
  })

  it('begins after a version of the past', async () => {
    await send('one', 'two')
    expect(await take(bob.client.events(chatId, { after: 0 }), 3)).to.deep.equal(['chat_created', 'one', 'two'])
  })

  it('gives a slow reader every event, though it holds few', async () => {
    const events = bob.client.events(chatId, { maxBuffered: 2 })
    const contents = Array.from({ length: 20 }, (_, index) => `message ${index}`)
    await send('first')
    expect(await take(events, 1)).to.deep.equal(['first'])
    await send(...contents)
    const later = send('later', 'last')
    expect(await take(events, 22)).to.deep.equal([...contents, 'later', 'last'])
    await later
  })

  it('gives everything to a reader that takes it at any pace while messages come', async () => {
    const events = bob.client.events(chatId, { maxBuffered: 3 })
    const contents = Array.from({ length: 60 }, (_, index) => `message ${index}`)
    const sending = send(...contents)
    const taken: (string | null)[] = []
    while (taken.length < contents.length) {
      taken.push(...(await take(events, 1)))
      if (taken.length % 7 === 0) await bob.client.api.get('/users/me')
    }
    await sending
    expect(taken).to.deep.equal(contents)
  })

  it('ends when its signal aborts, also while it waits', async () => {
    const ending = new AbortController()
    const events = bob.client.events(chatId, { signal: ending.signal })
    const next = events.next()
    ending.abort()
    expect(await next).to.deep.equal({ value: undefined, done: true })
  })

  it('ends when its reader leaves the loop', async () => {
    await send('one')
    const events = bob.client.events(chatId, { after: 0 })
    for await (const event of events) if (contentOf(event) === 'one') break
    expect(await events.next()).to.deep.equal({ value: undefined, done: true })
  })

  it('ends when the client is closed', async () => {
    const next = bob.client.events(chatId).next()
    bob.client.close()
    expect((await next).done).to.equal(true)
  })

  it('ends with the event that ends the membership', async () => {
    const events = bob.client.events(chatId)
    const path = { id: chatId, userId: bob.id }
    const all = take(events, 10)
    await ada.client.api.delete('/chats/{id}/participants/{userId}', { path })
    expect(await all).to.deep.equal(['participant_removed'])
  })

  it('rejects where the chat cannot be read', async () => {
    const other = await createGroup(ada)
    const failure = await bob.client
      .events(other, { after: 0 })
      .next()
      .catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'chat-not-found')
  })
})
