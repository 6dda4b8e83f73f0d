import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { userKey } from '../../src/privacy/key-names.js'
import type { ReplayedChat } from '../../src/replay/replay.js'
import { logConfig, onEachLog } from '../support/event-logs.js'
import { startTestApp, type Answer, type TestApp, type TestUser } from '../support/test-app.js'

onEachLog('replay', (kind) => {
  let parley: TestApp
  let ann: TestUser
  let ben: TestUser
  let auditor: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp(logConfig(kind))
    ann = await parley.register('Ann')
    ben = await parley.register('Ben')
    auditor = await parley.withRoles('Aud', 'auditor')
  })
  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    const made = await call<{ id: string }>('POST', '/chats', ann, { participantIds: [ben.id], name: 'Garden' })
    chatId = made.id
  })

  async function call<Body>(method: string, path: string, { token }: TestUser, body?: unknown): Promise<Body> {
    const request = { token, headers: { 'Idempotency-Key': randomUUID() }, ...(body !== undefined && { body }) }
    let answer = await parley.call(method, path, request)
    while (answer.status === 503) answer = await parley.call(method, path, request)
    expect(answer.status, JSON.stringify(answer.body)).to.be.lessThan(300)
    return answer.body as Body
  }

  const send = (user: TestUser, content: string): Promise<{ id: string; version: number }> =>
    call('POST', `/chats/${chatId}/messages`, user, { content })
  const ask = (query = '', id = chatId): Promise<Answer> =>
    parley.call('GET', `/audit/chats/${id}${query}`, { token: auditor.token })
  const replayed = async (query = ''): Promise<ReplayedChat> => {
    const { status, body } = await ask(query)
    expect(status, JSON.stringify(body)).to.equal(200)
    return body as ReplayedChat
  }
  const codeOf = ({ status, body }: Answer): string => `${status} ${(body as { code: string }).code}`
  const rename = (user: TestUser, name: string) => call('PATCH', '/users/me', user, { name })

  it('shows a chat at each of its versions: members with roles, messages, reactions, pins and names as they were', async () => {
    const sent = await send(ben, 'before')
    await call('PATCH', `/chats/${chatId}/participants/${ben.id}`, ann, { role: 'admin' })
    await call('PUT', `/chats/${chatId}/messages/${sent.id}/reactions/${encodeURIComponent('👍')}`, ann)
    await call('PUT', `/chats/${chatId}/pins/${sent.id}`, ann)
    const full = await replayed()
    await rename(ben, 'Benjamin')
    await call('PATCH', `/chats/${chatId}/messages/${sent.id}`, ben, { content: 'after' })
    await call('DELETE', `/chats/${chatId}/messages/${sent.id}`, ben)
    await call('PATCH', `/chats/${chatId}`, ann, { name: 'Orchard' })
    await call('DELETE', `/chats/${chatId}/participants/${ben.id}`, ann)

    const first = await replayed('?version=1')
    expect(first.chat).to.include({ name: 'Garden', version: 1, lastSeq: 0, participantCount: 2 })
    expect(first.messages).to.deep.equal([])
    expect(first.participants.map(({ id, name, role }) => ({ id, name, role }))).to.deep.equal([
      { id: ann.id, name: 'Ann', role: 'owner' },
      { id: ben.id, name: 'Ben', role: 'member' },
    ])

    for (const then of [full, await replayed(`?version=${full.version}`), await replayed(`?at=${full.recordedAt}`)]) {
      expect(then.participants.map(({ name, role }) => `${name} ${role}`)).to.deep.equal(['Ann owner', 'Ben admin'])
      expect(then.pins.map(({ messageId, pinnedBy }) => [messageId, pinnedBy.id])).to.deep.equal([[sent.id, ann.id]])
      const [message] = then.messages
      expect(message).to.include({ id: sent.id, content: 'before', seq: 1, version: full.version })
      expect(message?.sender.name).to.equal('Ben')
      expect(message?.reactions).to.deep.equal([{ emoji: '👍', count: 1, userIds: [ann.id] }])
    }
    const edited = await replayed(`?version=${full.version + 1}`)
    expect(edited.messages.map(({ content, sender }) => [content, sender.name])).to.deep.equal([['after', 'Benjamin']])
    const last = await replayed()
    expect(last.messages.map(({ content, deletedBy }) => [content, deletedBy])).to.deep.equal([[null, ben.id]])
    expect(last.participants.map(({ id }) => id)).to.deep.equal([ann.id])
    expect(last.chat.name).to.equal('Orchard')
    await rename(ben, 'Ben')
  })

  it('pages by seq, all of the same moment, while the chat goes on', async () => {
    for (const content of ['1', '2', '3', '4', '5']) await send(ann, content)
    const seqsOf = ({ body }: Answer): number[] => (body as ReplayedChat).messages.map(({ seq }) => seq)
    const links = ({ headers }: Answer): Record<string, string> =>
      Object.fromEntries(
        [...(headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url = '', rel = '']) => [
          rel,
          url,
        ]),
      )
    const latest = await ask('?limit=2')
    expect(seqsOf(latest)).to.deep.equal([4, 5])
    expect(Object.keys(links(latest))).to.deep.equal(['prev'])
    await call('DELETE', `/chats/${chatId}/messages/${(latest.body as ReplayedChat).messages[0]?.id ?? ''}`, ann)
    await send(ann, '6')
    const follow = (url = ''): Promise<Answer> => parley.call('GET', url, { token: auditor.token })
    const middle = await follow(links(latest)['prev'])
    expect(seqsOf(middle)).to.deep.equal([2, 3])
    const oldest = await follow(links(middle)['prev'])
    expect(seqsOf(oldest)).to.deep.equal([1])
    expect(Object.keys(links(oldest))).to.deep.equal(['next'])
    const again = await follow(links(middle)['next'])
    expect((again.body as ReplayedChat).messages.map(({ seq, content }) => [seq, content])).to.deep.equal([
      [4, '4'],
      [5, '5'],
    ])
    expect(Object.keys(links(again))).to.deep.equal(['prev'])
  })

  it('shows what was erased since as erased', async () => {
    const cat = await parley.register('Cat')
    await call('POST', `/chats/${chatId}/participants`, ann, { userId: cat.id })
    await send(cat, 'a secret')
    const { position, version } = await replayed()
    await parley.app.core.dataKeys.destroy(userKey(cat.id))
    for (const query of [`?version=${version}`, `?position=${position}`]) {
      const { messages, participants } = await replayed(query)
      expect(messages.map(({ content, sender }) => [content, sender.id, sender.name])).to.deep.equal([
        [null, cat.id, null],
      ])
      expect(participants.find(({ id }) => id === cat.id)).to.include({ name: null, role: 'member' })
    }
  })

  it('refuses what it cannot know', async () => {
    const { version, recordedAt } = await replayed()
    expect(codeOf(await ask('', ann.id))).to.equal('404 chat-not-found')
    const earlier = new Date(Date.parse(recordedAt) - 86_400_000).toISOString()
    expect(codeOf(await ask(`?at=${earlier}`))).to.equal('404 not-created-yet')
    expect(codeOf(await ask(`?version=${version + 1}`))).to.equal('400 unknown-version')
    expect(codeOf(await ask('?version=0'))).to.equal('400 validation-failed')
    expect(codeOf(await ask('?position=elsewhere.1'))).to.equal('400 unknown-position')
    expect(codeOf(await ask(`?version=1&at=${recordedAt}`))).to.equal('400 validation-failed')
    const users = (query: string, id = ben.id) =>
      parley.call('GET', `/audit/users/${id}${query}`, { token: auditor.token })
    expect(codeOf(await users('', chatId))).to.equal('404 user-not-found')
    expect(codeOf(await users(`?at=${earlier}`))).to.equal('404 not-created-yet')
    expect(codeOf(await parley.call('GET', `/audit/chats/${chatId}`, { token: ann.token }))).to.equal(
      '403 not-authorized',
    )
  })

  it('shows the profile and roles of a user as they were', async () => {
    const dan = await parley.withRoles('Dan', 'analyst')
    const { log } = parley.app.core
    const position = await log.head()
    await rename(dan, 'Daniel')
    const userAt = (query = '') => call<object>('GET', `/audit/users/${dan.id}${query}`, auditor)
    expect(await userAt(`?position=${position}`)).to.include({ name: 'Dan', status: 'active' })
    expect(await userAt(`?position=${position}`)).to.deep.include({ roles: ['analyst'] })
    expect(await userAt()).to.include({ name: 'Daniel' })
    const registered = (await log.readStream(`user-${dan.id}`, { limit: 1 })).map((event) =>
      parley.app.core.reader.decode(event),
    )
    expect(await userAt(`?at=${registered[0]?.metadata.at ?? ''}`)).to.deep.include({ name: 'Dan', roles: [] })
  })
})
