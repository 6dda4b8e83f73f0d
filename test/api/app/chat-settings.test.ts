import { expect } from 'chai'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

describe('chat settings', () => {
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser
  let club: Club

  before(async () => {
    parley = await startTestApp()
    ;[ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
  })
  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    club = await createClub(parley, ada, [bob])
  })

  it('can be renamed by an owner, and everyone sees the name', async () => {
    const renamed = await club.call(ada, 'PATCH', '', { name: 'Orchard' })
    expect(renamed.status).to.equal(200)
    expect(renamed.body).to.include({ id: club.id, name: 'Orchard', historyVisibility: 'full', joinPolicy: 'invite' })
    expect((await club.call(bob, 'GET', '')).body).to.include({ name: 'Orchard', version: 2 })
    expect((await club.call(ada, 'PATCH', '', { name: null })).body).to.include({ name: null })
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'ChatChanged', 'ChatChanged'])
  })

  it('history visibility and join policy change separately, and an unchanged value appends no event', async () => {
    const changed = await club.call(ada, 'PATCH', '', { historyVisibility: 'since-joined' })
    expect(changed.body).to.include({ name: 'Garden', historyVisibility: 'since-joined', joinPolicy: 'invite' })
    expect((await club.call(ada, 'PATCH', '', { joinPolicy: 'open' })).body).to.include({
      historyVisibility: 'since-joined',
      joinPolicy: 'open',
    })
    expect((await club.call(ada, 'PATCH', '', { joinPolicy: 'open' })).status).to.equal(200)
    expect((await club.call(ada, 'PATCH', '', {})).status).to.equal(200)
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'ChatChanged', 'ChatChanged'])
  })

  it('cannot be changed by a member, and are not revealed to an outsider', async () => {
    for (const who of [bob, eve])
      expect((await club.call(who, 'PATCH', '', { name: 'Mine' })).body).to.include({
        status: 403,
        code: 'not-authorized',
      })
  })

  it('cannot be changed in a direct chat, which cannot be archived either', async () => {
    const direct = await createClub(parley, ada, [bob], { type: 'direct' })
    for (const [method, path, body] of [
      ['PATCH', '', { name: 'Us' }],
      ['POST', '/archive', undefined],
      ['POST', '/invites', {}],
      ['PUT', `/bans/${bob.id}`, {}],
      ['PATCH', `/participants/${bob.id}`, { role: 'owner' }],
    ] as const)
      expect((await direct.call(ada, method, path, body)).body, path).to.include({ status: 422, code: 'direct-chat' })
  })

  it('an archived chat accepts no messages or changes, but participants may leave', async () => {
    expect((await club.call(ada, 'POST', '/archive')).status).to.equal(204)
    expect((await club.call(ada, 'POST', '/archive')).status).to.equal(204)
    const { body } = await club.call(bob, 'GET', '')
    expect((body as { archivedAt: string }).archivedAt).to.match(/^\d{4}-.*Z$/)
    const [listed] = (await parley.call('GET', '/chats', { token: ada.token })).body as { archivedAt: string }[]
    expect(listed?.archivedAt).to.equal((body as { archivedAt: string }).archivedAt)
    for (const [method, path, sent] of [
      ['POST', '/messages', { content: 'hello?' }],
      ['PATCH', '', { name: 'Other' }],
      ['POST', '/participants', { userId: eve.id }],
      ['POST', '/invites', {}],
    ] as const)
      expect((await club.call(ada, method, path, sent)).body, path).to.include({ status: 409, code: 'chat-archived' })
    expect((await club.call(bob, 'POST', '/leave')).status).to.equal(204)
  })

  it('an unarchived chat accepts messages again', async () => {
    await club.call(ada, 'POST', '/archive')
    expect((await club.call(ada, 'POST', '/unarchive')).status).to.equal(204)
    expect((await club.call(ada, 'GET', '')).body).to.include({ archivedAt: null })
    expect((await club.call(bob, 'POST', '/messages', { content: 'back' })).status).to.equal(201)
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated', 'ChatArchived', 'ChatUnarchived', 'MessageSent'])
  })
})
