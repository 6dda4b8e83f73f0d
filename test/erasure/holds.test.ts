import { expect } from 'chai'
import { userStream } from '../../src/domain/streams.js'
import { createClub, type Club } from '../api/app/club.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { erasureDone } from './erasures-done.js'

describe('a legal hold', function () {
  this.timeout(120_000)
  let parley: TestApp
  let admin: TestUser
  let ada: TestUser
  let bob: TestUser
  let club: Club
  const reached: string[] = []

  before(async () => {
    parley = await startTestApp(
      {},
      { beforeErasureStep: (step, userId) => Promise.resolve(void reached.push(`${step} ${userId}`)) },
    )
    admin = await parley.withRoles('Root', 'admin')
    bob = await parley.register('Bob')
  })
  after(() => parley[Symbol.asyncDispose]())
  beforeEach(async () => {
    ada = await parley.register('Ada')
    club = await createClub(parley, bob, [ada])
    await club.call(ada, 'POST', '/messages', { content: 'evidence' })
  })

  const hold = async (method: 'PUT' | 'DELETE', path: string, token = admin.token): Promise<unknown> => {
    const { status, body } = await parley.call(method, `/holds/${path}`, { token, body: { reason: 'Case 7' } })
    return status === 204 ? 204 : (body as { code: string }).code
  }
  const erase = () =>
    parley.call('POST', '/users/me/erasure', { token: ada.token, body: { password: 'correct horse' } })
  const contents = async () =>
    ((await club.call(bob, 'GET', '/messages')).body as { content: string | null }[]).map(({ content }) => content)
  const typesOf = async () =>
    (await parley.app.core.log.readStream(userStream(ada.id), { limit: 100 })).map(({ type }) => type)

  for (const kind of ['user', 'chat'] as const)
    it(`on a ${kind} delays an erasure, which is completed when it ends`, async () => {
      const path = `${kind}/${kind === 'user' ? ada.id : club.id}`
      expect(await hold('PUT', path)).to.equal(204)
      await eventually(async () => {
        const queries = parley.app.core.queries
        expect(kind === 'user' || (await queries.isInHeldChat(ada.id))).to.equal(true)
      })
      expect((await erase()).body).to.deep.equal({ status: 'restricted' })
      await eventually(() => expect(reached).to.include(`chats ${ada.id}`))
      expect(await typesOf()).not.to.include('UserErased')
      expect(await contents()).to.deep.equal(['evidence'])
      const login = { email: ada.email, password: 'correct horse' }
      expect((await parley.call('POST', '/auth/login', { body: login })).status).to.equal(403)

      expect(await hold('DELETE', path)).to.equal(204)
      await erasureDone(parley, ada.id)
      expect(await contents()).to.deep.equal([null])
    })

  it('is for admins, and of a user and a chat that exist', async () => {
    expect(await hold('PUT', `user/${ada.id}`, bob.token)).to.equal('not-authorized')
    expect(await hold('PUT', 'user/00000000-0000-4000-8000-000000000000')).to.equal('user-not-found')
    expect(await hold('PUT', 'chat/00000000-0000-4000-8000-000000000000')).to.equal('chat-not-found')
  })

  it('does not end the sessions of the user, and is placed once', async () => {
    expect(await hold('PUT', `user/${ada.id}`)).to.equal(204)
    expect(await hold('PUT', `user/${ada.id}`)).to.equal(204)
    expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(200)
    const { events } = await parley.app.core.log.readAll(parley.app.core.log.start, 10_000)
    const placed = events.filter(({ type, data }) => type === 'UserHoldPlaced' && data.includes(ada.id))
    expect(placed).to.have.length(1)
    expect(placed[0]!.data).not.to.include('Case 7')
  })
})
