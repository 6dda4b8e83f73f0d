import { expect } from 'chai'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub } from './club.js'

type AddableBy = 'everyone' | 'shared-chat' | 'nobody'

describe('who may add a user to chats', () => {
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser

  before(async () => {
    parley = await startTestApp()
  })
  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    ;[ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
  })

  const set = (who: TestUser, addableBy: AddableBy): Promise<Answer> =>
    parley.call('PATCH', '/users/me', { token: who.token, body: { addableBy } })
  const createChat = (by: TestUser, ids: string[], more: object = {}): Promise<Answer> =>
    parley.call('POST', '/chats', { token: by.token, body: { participantIds: ids, ...more } })
  const group = (by: TestUser, ...others: TestUser[]) =>
    createChat(
      by,
      others.map(({ id }) => id),
      { name: 'Group' },
    )
  const block = (who: TestUser, other: TestUser): Promise<Answer> =>
    parley.call('PUT', `/users/me/blocks/${other.id}`, { token: who.token })
  const participantsOf = async (chatId: string): Promise<string[]> =>
    ((await parley.call('GET', `/chats/${chatId}/participants`, { token: bob.token })).body as { id: string }[]).map(
      ({ id }) => id,
    )
  /** All of a refusal but the id of its request. */
  const refusalIn = ({ body }: Answer): object => ({ ...(body as object), instance: '' })

  it('is everyone by default, is changed by PATCH /users/me, and is shown to oneself alone', async () => {
    const me = async () => (await parley.call('GET', '/users/me', { token: ada.token })).body as object
    expect(await me()).to.include({ addableBy: 'everyone' })
    expect((await set(ada, 'nobody')).body).to.include({ addableBy: 'nobody', name: 'Ada' })
    expect(await me()).to.include({ addableBy: 'nobody' })
    const shown = await parley.call('GET', `/users/${ada.id}`, { token: bob.token })
    expect(shown.body).to.not.have.property('addableBy')
    const wrong = await parley.call('PATCH', '/users/me', { token: ada.token, body: { addableBy: 'friends' } })
    expect(wrong.body).to.include({ status: 400, code: 'validation-failed' })
  })

  it('nobody: cannot be added to groups or direct chats, but can join by invite or an open chat', async () => {
    await set(ada, 'nobody')
    const club = await createClub(parley, bob, [eve])
    for (const refused of [
      await createChat(bob, [ada.id]),
      await group(bob, ada, eve),
      await club.call(bob, 'POST', '/participants', { userId: ada.id }),
    ])
      expect(refused.body).to.include({ status: 403, code: 'not-authorized' })
    await club.call(bob, 'PATCH', '', { joinPolicy: 'open' })
    expect((await club.call(ada, 'POST', '/join')).status).to.equal(200)
    expect((await createChat(ada, [bob.id])).status).to.equal(201)
  })

  it('shared-chat: only by users who currently share a chat with them', async () => {
    const club = await createClub(parley, bob, [ada])
    await set(ada, 'shared-chat')
    expect((await group(eve, ada)).status).to.equal(403)
    expect((await group(bob, ada)).status).to.equal(201)
    const { id } = (await group(bob, ada)).body as { id: string }
    expect(await participantsOf(id)).to.have.members([ada.id, bob.id])

    const cleo = await parley.register('Cleo')
    await set(ada, 'everyone')
    const other = await createClub(parley, cleo, [ada])
    await set(ada, 'shared-chat')
    expect((await group(cleo, ada)).status).to.equal(201)
    await club.call(ada, 'POST', '/leave')
    for (const { id: chatId } of (await parley.call('GET', '/chats', { token: ada.token })).body as { id: string }[])
      await parley.call('POST', `/chats/${chatId}/leave`, { token: ada.token })
    // Her own read waits until the read model knows that she has left.
    await parley.call('GET', '/chats', { token: ada.token })
    expect((await other.call(cleo, 'GET', '')).status).to.equal(200)
    expect((await group(cleo, ada)).status).to.equal(403)
  })

  it('all of those named are added, or none', async () => {
    await set(ada, 'nobody')
    const club = await createClub(parley, bob, [])
    const refused = await club.call(bob, 'POST', '/participants', { userIds: [eve.id, ada.id] })
    expect(refused.body).to.include({ status: 403, code: 'not-authorized' })
    expect(await participantsOf(club.id)).to.deep.equal([bob.id])
  })

  it('a block gets the same refusal as the setting, so that it is not revealed', async () => {
    const club = await createClub(parley, bob, [])
    const attempts = () =>
      Promise.all([
        createChat(bob, [ada.id]),
        group(bob, ada),
        club.call(bob, 'POST', '/participants', { userId: ada.id }),
        club.call(bob, 'POST', '/participants', { userIds: [eve.id, ada.id] }),
      ])
    await set(ada, 'nobody')
    const bySetting = (await attempts()).map(refusalIn)
    await set(ada, 'everyone')
    await block(ada, bob)
    expect((await attempts()).map(refusalIn)).to.deep.equal(bySetting)
    for (const refusal of bySetting)
      expect(refusal).to.include({ status: 403, detail: 'Not authorized: somebody named cannot be added' })
  })

  it('an existing member may be named again despite a block: nothing is changed or revealed', async () => {
    const club = await createClub(parley, bob, [ada])
    await block(ada, bob)
    const again = await club.call(bob, 'POST', '/participants', { userId: ada.id })
    expect([again.status, (again.body as { id: string }).id]).to.deep.equal([200, ada.id])
  })

  it('a third user cannot add a user to a chat whose owner that user has blocked', async () => {
    await block(ada, bob)
    const owned = await createClub(parley, bob, [eve])
    expect((await owned.call(eve, 'POST', '/participants', { userId: ada.id })).status).to.equal(403)

    const cleo = await parley.register('Cleo')
    const administered = await createClub(parley, cleo, [bob, eve])
    expect((await administered.call(eve, 'POST', '/participants', { userId: ada.id })).status).to.equal(201)
    await administered.call(cleo, 'DELETE', `/participants/${ada.id}`)
    await administered.call(cleo, 'PATCH', `/participants/${bob.id}`, { role: 'admin' })
    expect((await administered.call(eve, 'POST', '/participants', { userId: ada.id })).status).to.equal(403)
  })
})
