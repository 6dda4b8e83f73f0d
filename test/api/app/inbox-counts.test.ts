import { expect } from 'chai'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub, type Club } from './club.js'

interface Listed {
  id: string
  hidden: boolean
  unreadCount: number
  unreadMentions: number
}

describe('counts of a chat for one participant', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let eve: TestUser

  before(async () => {
    parley = await startTestApp()
    ;[ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
  })
  after(() => parley[Symbol.asyncDispose]())

  const get = async (who: TestUser, path: string): Promise<Answer> =>
    parley.call('GET', path, {
      token: who.token,
      headers: { 'parley-position': await parley.app.core.log.head() },
    })
  const chat = async (who: TestUser, { id }: Club): Promise<Listed> => (await get(who, `/chats/${id}`)).body as Listed
  const list = async (who: TestUser, query = ''): Promise<string[]> =>
    ((await get(who, `/chats${query}`)).body as Listed[]).map(({ id }) => id)
  const send = async (who: TestUser, club: Club, content: string): Promise<string> =>
    ((await club.call(who, 'POST', '/messages', { content })).body as { id: string }).id

  describe('unread', () => {
    it('only counts visible messages: none for a new member of a closed history who sets the marker back', async () => {
      const club = await createClub(parley, ada, [bob], { historyVisibility: 'since-joined' })
      for (const n of [1, 2, 3, 4, 5]) await send(ada, club, `before ${n}`)
      await club.call(ada, 'POST', '/participants', { userId: eve.id })
      await club.call(eve, 'PUT', '/read', { seq: 0, unread: true })
      expect(await chat(eve, club)).to.include({ unreadCount: 0, unreadMentions: 0 })
      await send(ada, club, 'after')
      expect(await chat(eve, club)).to.include({ unreadCount: 1 })
      await club.call(bob, 'PUT', '/read', { seq: 0, unread: true })
      expect(await chat(bob, club)).to.include({ unreadCount: 6 })
      await club.call(ada, 'PATCH', '', { historyVisibility: 'full' })
      await send(ada, club, 'open')
      expect(await chat(eve, club)).to.include({ unreadCount: 2 })
    })

    it('does not count messages sent outside the membership', async () => {
      const club = await createClub(parley, ada, [bob], { historyVisibility: 'since-joined' })
      await send(ada, club, 'one')
      await club.call(bob, 'POST', '/leave')
      await send(ada, club, 'two')
      await club.call(ada, 'POST', '/participants', { userId: bob.id })
      await send(ada, club, 'three')
      await club.call(bob, 'PUT', '/read', { seq: 0, unread: true })
      expect(await chat(bob, club)).to.include({ unreadCount: 2 })
    })
  })

  describe('mentions', () => {
    it('count unread messages once each, without own ones', async () => {
      const club = await createClub(parley, ada, [bob, eve])
      await send(ada, club, `hello <@${bob.id}>`)
      await send(ada, club, `<@all> and <@${bob.id}>`)
      await send(bob, club, `<@${eve.id}> and <@all>`)
      await send(ada, club, 'nobody')
      expect(await chat(eve, club)).to.include({ unreadCount: 4, unreadMentions: 2 })
      expect(await chat(ada, club)).to.include({ unreadMentions: 0 })
      await club.call(bob, 'PUT', '/read', { seq: 0, unread: true })
      expect(await chat(bob, club)).to.include({ unreadMentions: 2 })
      await club.call(bob, 'PUT', '/read', { seq: 1 })
      expect(await chat(bob, club)).to.include({ unreadMentions: 1 })
    })

    it('decrease and increase with edits, and decrease with deletion', async () => {
      const club = await createClub(parley, ada, [bob])
      const [first, second] = [await send(ada, club, `<@${bob.id}>`), await send(ada, club, 'who?')]
      expect(await chat(bob, club)).to.include({ unreadMentions: 1 })
      await club.call(ada, 'PATCH', `/messages/${second}`, { content: '<@all>' })
      expect(await chat(bob, club)).to.include({ unreadMentions: 2 })
      await club.call(ada, 'PATCH', `/messages/${second}`, { content: 'nobody' })
      expect(await chat(bob, club)).to.include({ unreadMentions: 1 })
      await club.call(ada, 'DELETE', `/messages/${first}`)
      expect(await chat(bob, club)).to.include({ unreadCount: 1, unreadMentions: 0 })
    })

    it('outside the visible range do not count', async () => {
      const club = await createClub(parley, ada, [bob], { historyVisibility: 'since-joined' })
      await send(ada, club, `<@${eve.id}> <@all>`)
      await club.call(ada, 'POST', '/participants', { userId: eve.id })
      await club.call(eve, 'PUT', '/read', { seq: 0, unread: true })
      expect(await chat(eve, club)).to.include({ unreadCount: 0, unreadMentions: 0 })
    })
  })

  describe('a hidden chat', () => {
    it('is only in the list of hidden chats until the next message, also an own one', async () => {
      const club = await createClub(parley, ada, [bob])
      await send(ada, club, 'one')
      await club.call(bob, 'PUT', '/hide', { hidden: true })
      expect(await chat(bob, club)).to.include({ hidden: true })
      expect(await list(bob)).to.not.include(club.id)
      expect(await list(bob, '?hidden=true')).to.deep.equal([club.id])
      expect(await list(ada)).to.include(club.id)
      await send(ada, club, 'two')
      expect(await list(bob, '?hidden=true')).to.deep.equal([])
      expect(await list(bob)).to.include(club.id)
      await club.call(bob, 'PUT', '/hide', { hidden: true })
      await send(bob, club, 'three')
      expect(await chat(bob, club)).to.include({ hidden: false })
      expect((await get(bob, '/chats?hidden=perhaps')).status).to.equal(400)
    })

    it('is shown again when it is opened again', async () => {
      const body = { participantIds: [eve.id] }
      const { body: created } = await parley.call('POST', '/chats', { token: bob.token, body })
      const { id } = created as { id: string }
      await parley.call('PUT', `/chats/${id}/hide`, { token: bob.token, body: { hidden: true } })
      expect(await list(bob, '?hidden=true')).to.deep.equal([id])
      const again = await parley.call('POST', '/chats', { token: bob.token, body })
      expect(again.status).to.equal(200)
      expect(again.body).to.include({ id, hidden: false })
      expect(await list(bob)).to.include(id)
    })
  })

  it('a page around a seq near either end has as many messages as there are', async () => {
    const club = await createClub(parley, ada, [])
    for (let n = 1; n <= 12; n++) await send(ada, club, `message ${n}`)
    const around = async (seq: number): Promise<number[]> =>
      ((await get(ada, `/chats/${club.id}/messages?around=${seq}&limit=6`)).body as { seq: number }[]).map(
        ({ seq: n }) => n,
      )
    expect(await around(1)).to.deep.equal([1, 2, 3, 4, 5, 6])
    expect(await around(2)).to.deep.equal([1, 2, 3, 4, 5, 6])
    expect(await around(6)).to.deep.equal([3, 4, 5, 6, 7, 8])
    expect(await around(11)).to.deep.equal([7, 8, 9, 10, 11, 12])
    expect(await around(99)).to.deep.equal([7, 8, 9, 10, 11, 12])
    expect(await around(0)).to.deep.equal([1, 2, 3, 4, 5, 6])
  })
})
