import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../support/test-app.js'

const ROUNDS = 15
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

describe('how long an answer takes', function () {
  this.retries(2) // real time, on a machine that may have others to serve
  let parley: TestApp
  let ada: TestUser
  let mallory: TestUser
  let chatId: string

  before(async () => {
    // Mail servers take their time, and who waited for them would tell by it.
    parley = await startTestApp({}, { mailer: { deliver: () => sleep(50), close: () => undefined } })
    ada = await parley.register('Ada')
    mallory = await parley.register('Mallory')
    const { token } = ada
    const made = await parley.call('POST', '/chats', { token, body: { participantIds: [], name: 'Mine' } })
    chatId = (made.body as { id: string }).id
    for (let place = 0; place < 50; place++)
      await parley.call('POST', `/chats/${chatId}/messages`, { token, body: { content: 'x'.repeat(5_000) } })
  })

  after(() => parley[Symbol.asyncDispose]())

  /** In turns, so that whatever else goes on befalls both. */
  async function expectAlike(there: () => Promise<Answer>, none: () => Promise<Answer>): Promise<void> {
    const took: [number[], number[]] = [[], []]
    for (let round = 0; round < ROUNDS; round++)
      for (const [kind, ask] of [there, none].entries()) {
        const began = performance.now()
        await ask()
        took[kind]?.push(performance.now() - began)
      }
    expect(median(took[0]) / median(took[1])).to.be.within(1 / 3, 3)
  }

  it('does not tell whether someone has an address', async () => {
    const reset = (email: string) => () => parley.call('POST', '/auth/password-reset', { body: { email } })
    await expectAlike(reset(ada.email), reset(`${randomUUID()}@example.com`))
    const change = (newEmail: string) => () =>
      parley.call('POST', '/auth/email', { token: mallory.token, body: { password: 'correct horse', newEmail } })
    await expectAlike(change(ada.email), change(`${randomUUID()}@example.com`))
  })

  it('does not tell an outsider whether there is a chat, nor how much is in it', async () => {
    const { token } = mallory
    for (const path of ['', '/messages?limit=200', '/events']) {
      const read = (id: string) => () => parley.call('GET', `/chats/${id}${path}`, { token })
      await expectAlike(read(chatId), read(randomUUID()))
    }
    const send = (id: string) => () => parley.call('POST', `/chats/${id}/messages`, { token, body: { content: 'hi' } })
    await expectAlike(send(chatId), send(randomUUID()))
  })
})

describe('what an answer says of others', () => {
  it('is the same for a session, a user or a message that is not one’s own and for none', async () => {
    await using parley = await startTestApp()
    const ada = await parley.register('Ada')
    const mallory = await parley.register('Mallory')
    const { body: sessions } = await parley.call('GET', '/auth/sessions', { token: ada.token })
    const [session] = sessions as { id: string }[]
    const end = async (id: string): Promise<unknown> => {
      const { status, body } = await parley.call('DELETE', `/auth/sessions/${id}`, { token: mallory.token })
      return { status, code: (body as { code: string }).code }
    }
    expect(await end(session!.id)).to.deep.equal(await end(randomUUID()))
    expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(200)
    const { body: profile } = await parley.call('GET', `/users/${ada.id}`, { token: mallory.token })
    expect(profile).to.have.all.keys('id', 'name', 'avatarUrl', 'isBot', 'statusText')
    const found = await parley.call('GET', `/users?query=${encodeURIComponent(ada.email)}`, { token: mallory.token })
    expect(found.body).to.deep.equal([])
  })
})
