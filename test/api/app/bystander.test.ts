import { expect } from 'chai'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'

const AT_ONCE = 100
/** What the node itself does meanwhile. */
const ELSEWHERE = 8

// Measured by who waits for a connection to the database, not by time: that holds on a busy machine too.
describe('while one member sends expensive requests', () => {
  let parley: TestApp
  let member: TestUser
  let bystander: TestUser
  let chatId: string
  let messageId: string

  before(async () => {
    parley = await startTestApp()
    member = await parley.register('Mallory')
    bystander = await parley.register('Ben')
    const body = { name: 'Busy', participantIds: [bystander.id] }
    chatId = (await call('POST', '/chats', body)).id
    for (let count = 0; count < 60; count++)
      messageId = (await call('POST', `/chats/${chatId}/messages`, { content: `common words ${count}` })).id
  })

  after(() => parley[Symbol.asyncDispose]())

  const call = async (method: string, path: string, body: unknown): Promise<{ id: string }> =>
    (await parley.call(method, path, { token: member.token, body })).body as { id: string }

  const worst: Record<string, () => string> = {
    search: () => '/search/messages?q=common%20words&limit=200',
    'pages of history': () => `/chats/${chatId}/messages?limit=200`,
    'pages of events': () => `/chats/${chatId}/events?limit=200`,
    'their chats': () => '/chats?limit=200',
    'open chats': () => '/chats/open?query=b&limit=200',
    'users by name': () => '/users?query=mallory&limit=200',
    pins: () => `/chats/${chatId}/pins`,
    'the history of a message': () => `/chats/${chatId}/messages/${messageId}/history`,
    participants: () => `/chats/${chatId}/participants?limit=200`,
  }

  for (const [name, path] of Object.entries(worst))
    it(`${name}: other users do not wait for the database`, async () => {
      const { main: pool } = parley.app.core.databases
      let mostWaiting = 0
      const look = (): void => void (mostWaiting = Math.max(mostWaiting, pool.waitingCount))
      pool.on('acquire', look)
      const asked = Array.from({ length: AT_ONCE }, () => parley.call('GET', path(), { token: member.token }))
      const read = await parley.call('GET', `/chats/${chatId}`, { token: bystander.token })
      const statuses = (await Promise.all(asked)).map(({ status }) => status)
      pool.off('acquire', look)
      expect(read.status).to.equal(200)
      expect(new Set(statuses)).to.deep.equal(new Set([200]))
      expect(mostWaiting, 'waiting for a connection').to.be.at.most(ELSEWHERE)
    })
})
