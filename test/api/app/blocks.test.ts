import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { userStream } from '../../../src/domain/streams.js'
import { eventually } from '../../support/eventually.js'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'
import { createClub } from './club.js'

describe('blocking a user', () => {
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

  const block = (who: TestUser, id: string, method = 'PUT'): Promise<Answer> =>
    parley.call(method, `/users/me/blocks/${id}`, { token: who.token })
  const blocks = async (who: TestUser, query = ''): Promise<Answer> =>
    parley.call('GET', `/users/me/blocks${query}`, { token: who.token })
  const idsIn = ({ body }: Answer): string[] => (body as { id: string }[]).map(({ id }) => id)
  const direct = (by: TestUser, other: TestUser, headers: object = {}): Promise<Answer> =>
    parley.call('POST', '/chats', { token: by.token, body: { participantIds: [other.id] }, headers })

  it('is listed for the blocker only, latest first, page by page, and can be undone', async () => {
    expect((await block(ada, bob.id)).status).to.equal(204)
    expect((await block(ada, bob.id)).status).to.equal(204)
    await block(ada, eve.id)
    expect((await blocks(ada)).body).to.deep.equal([
      { id: eve.id, name: 'Eve', avatarUrl: null, isBot: false },
      { id: bob.id, name: 'Bob', avatarUrl: null, isBot: false },
    ])
    expect((await blocks(bob)).body).to.deep.equal([])
    const first = await blocks(ada, '?limit=1')
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    expect(idsIn(first)).to.deep.equal([eve.id])
    expect(idsIn(await parley.call('GET', next, { token: ada.token }))).to.deep.equal([bob.id])
    expect((await block(ada, eve.id, 'DELETE')).status).to.equal(204)
    expect((await block(ada, eve.id, 'DELETE')).status).to.equal(204)
    expect(idsIn(await blocks(ada))).to.deep.equal([bob.id])
    const events = await parley.app.core.log.readStream(userStream(ada.id), { limit: 10 })
    expect(events.map(({ type }) => type).filter((type) => type.endsWith('locked'))).to.deep.equal([
      'UserBlocked',
      'UserBlocked',
      'UserUnblocked',
    ])
  })

  it('is refused for an unknown user and oneself', async () => {
    expect((await block(ada, randomUUID())).body).to.include({ status: 404, code: 'user-not-found' })
    expect((await block(ada, ada.id)).body).to.include({ status: 403, code: 'own-account' })
    expect((await block(ada, 'nobody')).status).to.equal(400)
  })

  it('prevents direct chats and being added to chats, until the block ends', async () => {
    await block(ada, bob.id)
    const opened = await direct(bob, ada)
    expect(opened.body).to.include({ status: 403, code: 'not-authorized' })
    const group = await parley.call('POST', '/chats', {
      token: bob.token,
      body: { participantIds: [eve.id, ada.id], name: 'Trap' },
    })
    expect(group.body).to.include({ status: 403, code: 'not-authorized' })
    const club = await createClub(parley, bob, [eve])
    for (const body of [{ userId: ada.id }, { userIds: [ada.id] }])
      expect((await club.call(bob, 'POST', '/participants', body)).body).to.include({ code: 'not-authorized' })
    expect((await club.call(eve, 'POST', '/participants', { userId: ada.id })).status).to.equal(403)
    await block(ada, bob.id, 'DELETE')
    expect((await direct(bob, ada)).status).to.equal(201)
  })

  it('keeps an existing direct chat visible to both', async () => {
    const first = await direct(ada, bob)
    await block(ada, bob.id)
    for (const [by, other] of [
      [bob, ada],
      [ada, bob],
    ] as const) {
      const again = await direct(by, other)
      expect([again.status, (again.body as { id: string }).id]).to.deep.equal([200, (first.body as { id: string }).id])
    }
  })

  it('prevents messages of the blocked user in an existing direct chat, but not of the blocker', async () => {
    const { id } = (await direct(ada, bob)).body as { id: string }
    const postMessage = (who: TestUser): Promise<Answer> =>
      parley.call('POST', `/chats/${id}/messages`, { token: who.token, body: { content: 'hi' } })
    await block(ada, bob.id)
    expect((await postMessage(bob)).body).to.include({ status: 403, code: 'not-authorized' })
    expect((await postMessage(ada)).status).to.equal(201)
    await block(ada, bob.id, 'DELETE')
    expect((await postMessage(bob)).status).to.equal(201)
  })

  it('does not change the answer to a repeat of an earlier command', async () => {
    const body = { participantIds: [ada.id], name: 'Team' }
    const create = () =>
      parley.call('POST', '/chats', { token: bob.token, body, headers: { 'idempotency-key': 'team' } })
    const first = await create()
    expect(first.status).to.equal(201)
    await block(ada, bob.id)
    const again = await create()
    expect([again.status, again.headers.get('idempotency-replayed')]).to.deep.equal([201, 'true'])
    expect((again.body as { id: string }).id).to.equal((first.body as { id: string }).id)
    const other = await parley.call('POST', '/chats', {
      token: bob.token,
      body: { ...body, name: 'Other' },
      headers: { 'idempotency-key': 'other' },
    })
    expect(other.body).to.include({ status: 403, code: 'not-authorized' })
  })

  it('takes effect on every node', async () => {
    const node = await parley.startNode()
    await block(ada, bob.id)
    await eventually(async () => {
      const { status } = await node.call('POST', '/chats', {
        token: bob.token,
        body: { participantIds: [ada.id], name: 'Trap' },
      })
      expect(status).to.equal(403)
    })
  })
})
