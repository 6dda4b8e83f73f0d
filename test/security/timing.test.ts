import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { openStatementProxy, type StatementProxy } from '../support/statement-proxy.js'
import { startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

describe('the time of an answer does not reveal', () => {
  it('whether an address is registered: no answer waits for the delivery of a mail', async () => {
    const delivered = Promise.withResolvers<undefined>()
    await using parley = await startTestApp(
      {},
      { mailer: { deliver: () => delivered.promise, close: () => undefined } },
    )
    const ada = await parley.register('Ada')
    const mallory = await parley.register('Mallory')
    for (const email of [ada.email, `${randomUUID()}@example.com`]) {
      expect((await parley.call('POST', '/auth/password-reset', { body: { email } })).status).to.equal(202)
      const body = { password: 'correct horse', newEmail: email }
      expect((await parley.call('POST', '/auth/email', { token: mallory.token, body })).status).to.equal(202)
    }
    delivered.resolve(undefined)
  })

  describe('to an outsider whether a chat exists, nor how much it contains:', () => {
    let parley: TestApp
    let proxy: StatementProxy
    let mallory: TestUser
    let chatId: string

    before(async () => {
      parley = await startTestApp()
      const { token } = await parley.register('Ada')
      mallory = await parley.register('Mallory')
      const made = await parley.call('POST', '/chats', { token, body: { participantIds: [], name: 'Mine' } })
      chatId = (made.body as { id: string }).id
      for (let place = 0; place < 20; place++)
        await parley.call('POST', `/chats/${chatId}/messages`, { token, body: { content: 'x'.repeat(5_000) } })
      proxy = await openStatementProxy(parley.config.databaseUrl ?? '')
      // A new process knows nothing of either chat.
      await parley.restart(() => Promise.resolve(), { databaseUrl: proxy.url })
      // What the projections had still to write about the chat is no answer to anybody.
      const { log, runners } = parley.app.core
      const head = await log.head()
      for (const { progress } of Object.values(runners))
        expect(await progress.reached(head, { timeoutMs: 30_000 })).to.equal(true)
    })

    after(async () => {
      await parley[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
    })

    /** What the database is asked about this chat while the request is answered. */
    async function asked(id: string, method: string, path: string, body?: object): Promise<string[]> {
      const before = proxy.statementsWith(id).length
      const { status } = await parley.call(method, `/chats/${id}${path}`, { token: mallory.token, body })
      expect(status).to.be.oneOf([403, 404])
      return proxy.statementsWith(id).slice(before)
    }

    for (const path of ['', '/messages?limit=200', '/events'])
      it(`GET /chats/:id${path} sends the database the same queries for both`, async () => {
        const there = await asked(chatId, 'GET', path)
        expect(there).not.to.deep.equal([])
        expect(await asked(randomUUID(), 'GET', path)).to.deep.equal(there)
      })

    it('a first message sends the database the same queries for both', async () => {
      const body = { content: 'hi' }
      expect(await asked(randomUUID(), 'POST', '/messages', body)).to.deep.equal(
        await asked(chatId, 'POST', '/messages', body),
      )
    })
  })
})

describe('an answer about others', () => {
  it('is the same for a session, a user or a message of another user and for one that does not exist', async () => {
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
