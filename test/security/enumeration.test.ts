import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../support/test-app.js'

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** All of an answer that is not the request's own. */
function told({ status, headers, body }: Answer): object {
  const { instance: _, ...problem } = body as { instance?: string }
  const own = new Set(['x-request-id', 'date', 'ratelimit'])
  return { status, problem, headers: [...headers].filter(([name]) => !own.has(name)) }
}

describe('whether a user or chat exists', () => {
  let parley: TestApp
  let ada: TestUser

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
  })

  after(() => parley[Symbol.asyncDispose]())

  const login = (email: string) => parley.call('POST', '/auth/login', { body: { email, password: 'not this one' } })

  it('cannot be seen from the answer to a login', async () => {
    expect(told(await login(ada.email))).to.deep.equal(told(await login('nobody@example.com')))
  })

  it('cannot be seen from the work that a login takes', async () => {
    const [known, unknown]: [number[], number[]] = [[], []]
    const took = async (email: string): Promise<number> => {
      const began = performance.now()
      await login(email)
      return performance.now() - began
    }
    for (let round = 0; round < 15; round++) {
      known.push(await took(ada.email))
      unknown.push(await took(`${randomUUID()}@example.com`))
    }
    // A hash that is only made for some would show as a factor of ten and more.
    expect(median(known) / median(unknown)).to.be.within(1 / 3, 3)
  }).timeout(240_000)

  it('cannot be seen from the answer to a forgotten password or a changed address', async () => {
    const reset = (email: string) => parley.call('POST', '/auth/password-reset', { body: { email } })
    expect(told(await reset(ada.email))).to.deep.equal(told(await reset('nobody@example.com')))
    const eve = await parley.register('Eve')
    const change = (newEmail: string) =>
      parley.call('POST', '/auth/email', { token: eve.token, body: { password: 'correct horse', newEmail } })
    expect(told(await change(ada.email))).to.deep.equal(told(await change('free@example.com')))
  })

  it('cannot be seen by outsiders of a chat, nor its messages and participants', async () => {
    const { body } = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { participantIds: [], name: 'Mine' },
    })
    const { id } = body as { id: string }
    const mallory = await parley.register('Mallory')
    for (const path of ['', '/participants', '/messages', '/events', `/messages/${randomUUID()}`]) {
      const read = (chatId: string) => parley.call('GET', `/chats/${chatId}${path}`, { token: mallory.token })
      expect(told(await read(id)), path).to.deep.equal(told(await read(randomUUID())))
    }
    const send = (chatId: string) =>
      parley.call('POST', `/chats/${chatId}/messages`, { token: mallory.token, body: { content: 'let me in' } })
    expect(told(await send(id))).to.deep.equal(told(await send(randomUUID())))
  })

  it('cannot be seen with the idempotency key of another user: it belongs to that user alone', async () => {
    const { body } = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { participantIds: [], name: 'Mine' },
    })
    const { id } = body as { id: string }
    const mallory = await parley.register('Mallory')
    await parley.call('POST', `/chats/${id}/participants`, { token: ada.token, body: { userId: mallory.id } })
    const key = randomUUID()
    const send = (token: string, content: string) =>
      parley.call('POST', `/chats/${id}/messages`, { token, body: { content }, headers: { 'idempotency-key': key } })
    const first = await send(ada.token, 'Ada’s')
    const second = await send(mallory.token, 'Mallory’s')
    expect([first.status, second.status]).to.deep.equal([201, 201])
    expect(second.headers.get('idempotency-replayed')).to.equal(null)
    expect(second.body).to.include({ content: 'Mallory’s' })
    expect((second.body as { id: string }).id).to.not.equal((first.body as { id: string }).id)
  })

  it('a client cannot choose its session id or refresh token', async () => {
    const bodies = [
      { email: ada.email, password: 'correct horse', sid: randomUUID() },
      { email: ada.email, password: 'correct horse', refreshToken: 'A'.repeat(43) },
      { email: ada.email, password: 'correct horse', sessionId: randomUUID() },
    ]
    for (const body of bodies)
      expect((await parley.call('POST', '/auth/login', { body })).body).to.include({ code: 'validation-failed' })
    const sessions = await Promise.all([parley.login(ada), parley.login(ada)])
    expect(new Set(sessions.map(({ refreshToken }) => refreshToken)).size).to.equal(2)
  })
})
