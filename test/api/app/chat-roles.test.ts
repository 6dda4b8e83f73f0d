import { expect } from 'chai'
import { startTestApp, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

describe('roles in a chat', () => {
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

  const give = (by: TestUser, who: TestUser, role: string) =>
    club.call(by, 'PATCH', `/participants/${who.id}`, { role })

  it('an owner can make a member admin, who can change settings, and member again', async () => {
    const made = await give(ada, bob, 'admin')
    expect(made.status).to.equal(200)
    expect(made.body).to.include({ id: bob.id, name: 'Bob', role: 'admin', readSeq: 0 })
    expect((await club.call(bob, 'PATCH', '', { name: 'Ours' })).status).to.equal(200)
    expect((await give(ada, bob, 'member')).body).to.include({ role: 'member' })
    expect((await club.call(bob, 'PATCH', '', { name: 'Mine' })).status).to.equal(403)
  })

  it('the last owner cannot step down until there is another', async () => {
    expect((await give(ada, ada, 'member')).body).to.include({ status: 409, code: 'last-owner' })
    await give(ada, bob, 'owner')
    expect((await give(ada, ada, 'member')).body).to.include({ id: ada.id, role: 'member' })
    expect((await club.call(bob, 'GET', '')).body).to.include({ myRole: 'owner' })
  })

  it('an admin can neither change an owner nor grant a higher role than the own', async () => {
    await give(ada, bob, 'admin')
    expect((await give(bob, ada, 'member')).body).to.include({ status: 403, code: 'not-authorized' })
    expect((await give(bob, bob, 'owner')).body).to.include({ status: 403, code: 'not-authorized' })
    expect((await club.call(bob, 'DELETE', `/participants/${ada.id}`)).status).to.equal(403)
    expect((await club.call(bob, 'PUT', `/bans/${ada.id}`, {})).status).to.equal(403)
  })

  it('a user who is not a member has none', async () => {
    expect((await give(ada, eve, 'admin')).body).to.include({ status: 404, code: 'participant-not-found' })
    expect((await give(bob, eve, 'admin')).body).to.include({ status: 403, code: 'not-authorized' })
    expect((await give(ada, bob, 'king')).status).to.equal(400)
  })

  it('users can be added with a role', async () => {
    const one = await club.call(ada, 'POST', '/participants', { userId: eve.id, role: 'admin' })
    expect([one.status, (one.body as { role: string }).role]).to.deep.equal([201, 'admin'])
    const dan = await parley.register('Dan')
    const many = await club.call(ada, 'POST', '/participants', { userIds: [eve.id, dan.id], role: 'member' })
    expect((many.body as { role: string }[]).map(({ role }) => role)).to.deep.equal(['admin', 'member'])
    const again = await club.call(ada, 'POST', '/participants', { userIds: [eve.id, dan.id] })
    expect(again.status).to.equal(200)
    const tooHigh = await club.call(dan, 'POST', '/participants', {
      userId: (await parley.register('Fay')).id,
      role: 'admin',
    })
    expect(tooHigh.status).to.equal(403)
  })
})
