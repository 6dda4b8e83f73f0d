import { expect } from 'chai'
import { startTestApp, type Answer, type TestApp, type TestUser } from '../../support/test-app.js'

interface Found {
  id: string
  name: string | null
  participants: { id: string; name: string | null }[]
}

describe('finding what to audit', function () {
  this.timeout(240_000)
  let parley: TestApp
  let ada: TestUser
  let bob: TestUser
  let auditor: TestUser
  const chats: Record<'garden' | 'secret' | 'direct' | 'left', string> = {
    garden: '',
    secret: '',
    direct: '',
    left: '',
  }

  before(async () => {
    parley = await startTestApp()
    ada = await parley.register('Ada')
    bob = await parley.register('Bob')
    auditor = await parley.withRoles('Ann', 'auditor')
    await done('PATCH', '/users/me', ada, { name: 'Ada Lovelace' })
    chats.garden = await opened(ada, { participantIds: [], name: 'The Garden', joinPolicy: 'open' })
    chats.secret = await opened(bob, { participantIds: [], name: 'Secret gardeners' })
    chats.direct = await opened(ada, { participantIds: [bob.id] })
    chats.left = await opened(ada, { participantIds: [bob.id], name: 'Garage' })
    await done('POST', `/chats/${chats.left}/leave`, bob)
  })
  after(() => parley[Symbol.asyncDispose]())

  let written = ''

  async function done(method: string, path: string, { token }: TestUser, body?: object): Promise<Answer> {
    const answer = await parley.call(method, path, { token, body })
    expect(answer.status, JSON.stringify(answer.body)).to.be.below(300)
    written = answer.headers.get('parley-position') ?? written
    return answer
  }

  const opened = async (user: TestUser, body: object): Promise<string> =>
    ((await done('POST', '/chats', user, body)).body as { id: string }).id

  const ask = (path: string): Promise<Answer> =>
    parley.call('GET', path, { token: auditor.token, headers: { 'Parley-Position': written } })

  async function find<Item>(path: string): Promise<Item[]> {
    const { status, body } = await ask(path)
    expect(status, JSON.stringify(body)).to.equal(200)
    return body as Item[]
  }

  const idsOf = async (path: string): Promise<string[]> => (await find<{ id: string }>(path)).map(({ id }) => id)

  it('finds users by the beginning of any word of their names', async () => {
    expect(await idsOf('/audit/users?query=LOVE')).to.deep.equal([ada.id])
    expect(await idsOf('/audit/users?query=ove')).to.deep.equal([])
    expect((await ask('/audit/users')).status).to.equal(400)
    expect((await ask('/audit/users?query=a')).status).to.equal(400)
  })

  it('finds any chat by its name, also those that nobody may join, with who is in it', async () => {
    expect(await idsOf('/audit/chats?query=gard')).to.have.members([chats.garden, chats.secret])
    const [secret] = await find<Found>('/audit/chats?query=secret')
    expect(secret).to.include({ id: chats.secret, name: 'Secret gardeners' })
    expect(secret?.participants.map(({ name }) => name)).to.deep.equal(['Bob'])
    for (const path of ['/audit/chats', '/audit/chats?query=', '/audit/chats?query=%20'])
      expect((await ask(path)).status, path).to.equal(400)
  })

  it('finds the chats of a user, also direct ones and those that they left', async () => {
    const ofBob = `/audit/chats?participantId=${bob.id}`
    expect(await idsOf(ofBob)).to.have.members([chats.secret, chats.direct, chats.left])
    expect(await idsOf(`${ofBob}&query=gar`)).to.have.members([chats.secret, chats.left])
    expect(await idsOf(`${ofBob}&query=lawn`)).to.deep.equal([])
    const [direct] = (await find<Found>(ofBob)).filter(({ id }) => id === chats.direct)
    expect(direct?.participants.map(({ name }) => name)).to.have.members(['Ada Lovelace', 'Bob'])
  })

  it('leads from page to page, and takes no harm from cursors of other lists', async () => {
    for (const path of [
      `/audit/chats?participantId=${bob.id}`,
      '/audit/chats?query=ga',
      '/audit/streams?prefix=chat-',
    ]) {
      const found: unknown[] = []
      for (let next: string | undefined = `${path}&limit=1`; next !== undefined;) {
        const { status, body, headers } = await ask(next)
        expect(status, JSON.stringify(body)).to.equal(200)
        found.push(...(body as unknown[]))
        next = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
      }
      expect(found, path).to.have.deep.members(await find(path))
    }
    const { headers } = await ask('/audit/chats?query=ga&limit=1')
    const cursor = /after=([^&>]*)/.exec(headers.get('link') ?? '')?.[1]
    expect(await idsOf(`/audit/chats?participantId=${bob.id}&after=${cursor}`)).to.have.length(3)
    expect(await idsOf(`/audit/chats?query=gard&after=${bob.id}`)).to.have.length(2)
    expect((await ask('/audit/chats?query=ga&after=x')).status).to.equal(400)
  })

  it('finds streams by the beginnings of their names, with their last versions', async () => {
    const found = await find<{ stream: string; version: number }>(`/audit/streams?prefix=chat-${chats.left}`)
    expect(found).to.deep.equal([{ stream: `chat-${chats.left}`, version: 2 }])
    const all = (await find<{ stream: string }>('/audit/streams?limit=200')).map(({ stream }) => stream)
    expect(all).to.include.members(['log', 'roles', `user-${ada.id}`, `chat-${chats.garden}`])
    expect(all).to.deep.equal([...new Set(all)].toSorted())
    expect(await find('/audit/streams?prefix=$')).to.deep.equal([])
    expect((await ask('/audit/streams?prefix=%00')).status).to.equal(400)
  })

  it('finds a chat by its new name alone once it was renamed', async () => {
    await done('PATCH', `/chats/${chats.secret}`, bob, { name: 'Lawn' })
    expect(await idsOf('/audit/chats?query=secret')).to.deep.equal([])
    expect(await idsOf('/audit/chats?query=lawn')).to.deep.equal([chats.secret])
  })
})
