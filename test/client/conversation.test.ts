import { expect } from 'chai'
import { createParley, type Parley } from '../../packages/client/src/index.js'
import { createReleases } from '../../src/app/release.js'
import { startTestApp, type TestApp } from '../support/test-app.js'

const PASSWORD = 'correct horse'

describe('the client package', () => {
  const releases = createReleases()
  let parley: TestApp

  before(async () => {
    parley = releases.add(await startTestApp())
  })
  after(() => releases[Symbol.asyncDispose]())

  async function client(name: string): Promise<Parley & { id: string }> {
    const made = createParley({ url: parley.app.url })
    releases.onRelease(() => made.close())
    const { id } = await made.session.register({ email: `${name}@example.com`, password: PASSWORD, name })
    return { ...made, id }
  }

  it('registers, connects, sends, and iterates over the events of a chat', async () => {
    const [ada, bob] = [await client('ada'), await client('bob')]
    const { body: chat } = await ada.api.post('/chats', { body: { participantIds: [bob.id] } })
    await bob.connect()
    await ada.connect()
    const events = bob.events(chat.id)
    const first = events.next()
    const message = await ada.send(chat.id, { content: 'Hello Bob!' }).sent
    expect(message.content).to.equal('Hello Bob!')
    expect((await first).value).to.deep.include({ event: 'new_message' })
    await events.return()
  })
})
