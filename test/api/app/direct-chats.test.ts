import { expect } from 'chai'
import { startTestApp, type Answer, type Node, type Person, type TestApp } from '../../support/test-app.js'
import { clubOf } from './club.js'

describe('a direct chat', () => {
  let parley: TestApp

  before(async () => {
    parley = await startTestApp()
  })
  after(() => parley[Symbol.asyncDispose]())

  const open = ({ call }: Pick<Node, 'call'>, by: Person, other: Person): Promise<Answer> =>
    call('POST', '/chats', { token: by.token, body: { participantIds: [other.id] } })

  it('opened from both sides at once, over two nodes, is one', async () => {
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
})
