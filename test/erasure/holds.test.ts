import { expect } from 'chai'
import { userStream } from '../../src/domain/streams.js'
import { createClub, type Club } from '../api/app/club.js'
import { eventually } from '../support/eventually.js'
import { next, startTestApp, type TestApp, type TestUser } from '../support/test-app.js'
import { caughtUp, erasureDone } from './erasures-done.js'

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

      const ask = (method: string, of: string) => parley.call(method, of, { token: ada.token })
      const state = async () => (await ask('GET', '/users/me/erasure')).body
      expect(await state()).to.deep.equal({ status: 'restricted' })
      await eventually(async () => expect((await ask('GET', '/users/me')).status).to.equal(401))
      for (const route of [
        'GET /users/me',
        'GET /chats',
        'GET /users/me/export',
        'POST /users/me/erasure',
        'GET /auth/sessions',
      ]) {
        const [method = '', of = ''] = route.split(' ')
        expect((await ask(method, of)).status, route).to.equal(401)
      }

      expect(await hold('DELETE', path)).to.equal(204)
      await erasureDone(parley, ada.id)
      expect(await state()).to.deep.equal({ status: 'erased' })
      expect(await contents()).to.deep.equal([null])
    })

  it('that delays an erasure leaves the account hidden: nobody is shown its name', async () => {
    const socket = parley.socket(bob.token)
    await next(socket, 'ready')
    const changed = next<object>(socket, 'profile_changed')
    expect(await hold('PUT', `user/${ada.id}`)).to.equal(204)
    expect((await erase()).body).to.deep.equal({ status: 'restricted' })
    const hidden = { id: ada.id, name: null, avatarUrl: null, isBot: false }
    expect(await changed).to.deep.equal(hidden)
    socket.close()
    // a change that was under way when the account was closed
    const caller = { userId: ada.id, origin: 'system', correlationId: ada.id, key: null, client: null } as const
    const late = await parley.app.core.run('changeProfile', { change: { name: 'Ada again' } }, caller)
    expect(late.kind).to.equal('done')
    await caughtUp(parley)
    const read = async (path: string) => (await parley.call('GET', path, { token: bob.token })).body
    expect(await read(`/users/${ada.id}`)).to.deep.equal({ ...hidden, statusText: null })
    expect(((await read('/users?query=Ada')) as { id: string }[]).map(({ id }) => id)).not.to.include(ada.id)
    for (const path of ['/chats', `/chats/${club.id}/participants`, `/chats/${club.id}/messages`])
      expect(JSON.stringify(await read(path)), path).not.to.include('Ada')
    expect(await contents()).to.deep.equal(['evidence'])
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
