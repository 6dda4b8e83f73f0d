import { expect } from 'chai'
import { startTestApp, type Answer, type Node, type TestUser, type TestApp } from '../../support/test-app.js'
import { clubOf } from './club.js'

describe('a direct chat', () => {
  let parley: TestApp

  before(async () => {
    parley = await startTestApp()
  })
  after(() => parley[Symbol.asyncDispose]())

  const open = ({ call }: Pick<Node, 'call'>, by: TestUser, other: TestUser): Promise<Answer> =>
    call('POST', '/chats', { token: by.token, body: { participantIds: [other.id] } })

  it('is one chat when both users open it at once on two nodes', async () => {
    const node = await parley.startNode()
    for (let round = 0; round < 5; round++) {
      const [ada, bob] = [await parley.register('Ada'), await parley.register('Bob')]
      const answers = await Promise.all([open(parley, ada, bob), open(node, bob, ada)])
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 201])
      const [first, second] = answers.map(({ body }) => body as { id: string; participants: { id: string }[] })
      expect(first?.id).to.equal(second?.id)
      expect(first?.participants.map(({ id }) => id)).to.have.members([ada.id, bob.id])
      expect(await clubOf(parley, first?.id ?? '').eventTypes()).to.deep.equal(['ChatCreated'])
    }
  })

  it('always has its two members', async () => {
    const [ada, bob, eve] = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
    const club = clubOf(parley, ((await open(parley, ada, bob)).body as { id: string }).id)
    for (const [method, path, body] of [
      ['POST', '/leave', undefined],
      ['POST', '/participants', { userId: eve.id }],
      ['DELETE', `/participants/${bob.id}`, undefined],
      ['PUT', `/bans/${bob.id}`, {}],
      ['DELETE', `/bans/${bob.id}`, undefined],
    ] as const)
      expect((await club.call(ada, method, path, body)).body, `${method} ${path}`).to.include({ code: 'direct-chat' })
    expect((await club.call(eve, 'POST', '/join')).body).to.include({ status: 403, code: 'not-authorized' })
    expect(await club.eventTypes()).to.deep.equal(['ChatCreated'])
  })

  it('with oneself is always the same one, has the own name, and is never unread', async () => {
    const ada = await parley.register('Ada')
    const create = (body: object) => parley.call('POST', '/chats', { token: ada.token, body })
    const first = await create({ participantIds: [ada.id] })
    const chat = first.body as { id: string; participants: { id: string }[] }
    expect([first.status, chat.participants.map(({ id }) => id)]).to.deep.equal([201, [ada.id]])
    expect(first.body).to.include({ type: 'direct', name: 'Ada', participantCount: 1 })
    for (const body of [{ participantIds: [ada.id, ada.id] }, { participantIds: [ada.id], type: 'direct' }]) {
      const again = await create(body)
      expect([again.status, (again.body as { id: string }).id]).to.deep.equal([200, chat.id])
    }
    const club = clubOf(parley, chat.id)
    await club.call(ada, 'POST', '/messages', { content: 'buy milk' })
    expect((await club.call(ada, 'PUT', '/read', { seq: 0, unread: true })).status).to.equal(204)
    expect((await club.call(ada, 'GET', '')).body).to.include({ name: 'Ada', lastSeq: 1, unreadCount: 0 })
    expect((await club.call(ada, 'POST', '/leave')).body).to.include({ code: 'direct-chat' })
  })

  it('without another user, or with a name, is a group', async () => {
    const ada = await parley.register('Ada')
    for (const body of [
      { participantIds: [] },
      { participantIds: [ada.id], name: 'Notes' },
      { participantIds: [ada.id], type: 'group' },
    ]) {
      const { status, body: chat } = await parley.call('POST', '/chats', { token: ada.token, body })
      expect([status, (chat as { type: string }).type]).to.deep.equal([201, 'group'])
    }
    const refused = await parley.call('POST', '/chats', {
      token: ada.token,
      body: { participantIds: [], type: 'direct' },
    })
    expect(refused.body).to.include({ status: 400, code: 'validation-failed' })
  })
})
