import { expect } from 'chai'
import { eventually } from '../../support/eventually.js'
import { next, startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'

interface Shown {
  id: string
  seq: number
  version: number
  content: string | null
  contentHtml: string | null
  replyTo: { id: string; seq: number; senderName: string | null; excerpt: string | null } | null
  reactions: { emoji: string; count: number; userIds: string[] }[]
  mentions: string[]
  mentionsAll: boolean
  editedAt: string | null
  deletedAt: string | null
  deletedBy: string | null
}

describe('changes of a message', () => {
  let parley: TestApp
  let alice: TestUser
  let bob: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp()
    alice = await parley.register('Alice')
    bob = await parley.register('Bob')
  })

  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    const body = { participantIds: [bob.id], name: 'Team' }
    chatId = ((await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }).id
  })

  let position: string

  /** Whoever asks has seen what anyone did before. */
  async function call({ token }: TestUser, method: string, path: string, body?: object): Promise<Answer> {
    const headers = method === 'GET' ? { 'Parley-Position': position } : {}
    const answer = await parley.call(method, `/chats/${chatId}${path}`, { token, headers, ...(body && { body }) })
    position = answer.headers.get('parley-position') ?? position
    return answer
  }

  const send = async (user: TestUser, content: string, more: object = {}): Promise<Shown> =>
    (await call(user, 'POST', '/messages', { content, ...more })).body as Shown

  const get = async (user: TestUser, { id }: Shown): Promise<Shown> =>
    (await call(user, 'GET', `/messages/${id}`)).body as Shown

  const code = ({ status, body }: Answer) => [status, (body as { code: string }).code]

  it('its author edits it, and the earlier content can be read', async () => {
    const sent = await send(alice, 'helo')
    const edited = await call(alice, 'PATCH', `/messages/${sent.id}`, { content: 'hello' })
    expect(edited.status).to.equal(200)
    const shown = edited.body as Shown
    expect([shown.content, shown.contentHtml, shown.seq]).to.deep.equal(['hello', '<p>hello</p>', sent.seq])
    expect(shown.editedAt).to.be.a('string')
    expect(shown.version).to.be.greaterThan(sent.version)
    const history = (await call(bob, 'GET', `/messages/${sent.id}/history`)).body as { content: string; by: TestUser }[]
    expect(history.map(({ content, by }) => [content, by.id])).to.deep.equal([
      ['helo', alice.id],
      ['hello', alice.id],
    ])
    expect(code(await call(bob, 'PATCH', `/messages/${sent.id}`, { content: 'mine' }))).to.deep.equal([
      403,
      'not-authorized',
    ])
  })

  it('an edit with the same content changes nothing: no new version, no history, no frame', async () => {
    const sent = await send(alice, 'hello')
    const socket = parley.socket(bob.token)
    await next(socket, 'ready')
    const frames: string[] = []
    socket.onAny((name: string) => frames.push(name))
    for (const content of ['hello', 'hello  ', '\n\nhello\n', 'hello']) {
      const again = await call(alice, 'PATCH', `/messages/${sent.id}`, { content })
      expect(again.status).to.equal(200)
      expect(again.body).to.include({ version: sent.version, editedAt: null, content: 'hello' })
    }
    expect((await call(alice, 'PATCH', `/messages/${sent.id}`, { content: 'hello!' })).body).to.include({
      version: sent.version + 1,
    })
    await call(alice, 'PATCH', `/messages/${sent.id}`, { content: 'hello' })
    await eventually(() => expect(frames).to.deep.equal(['message_edited', 'message_edited']))
    const history = (await call(bob, 'GET', `/messages/${sent.id}/history`)).body as { content: string }[]
    expect(history.map(({ content }) => content)).to.deep.equal(['hello', 'hello!', 'hello'])
  })

  it('its type is stored encrypted, and is `text` after its deletion', async () => {
    const sent = await send(alice, 'yes or no?', { type: 'secret-poll' })
    expect(sent).to.include({ type: 'secret-poll' })
    expect(await get(bob, sent)).to.include({ type: 'secret-poll' })
    const stored = await parley.app.core.log.readStream(`chat-${chatId}`, { limit: 10 })
    expect(JSON.stringify(stored)).not.to.include('secret-poll')
    expect((await call(alice, 'DELETE', `/messages/${sent.id}`)).body).to.include({ type: 'text' })
    expect(await get(bob, sent)).to.include({ type: 'text' })
  })

  it('reactions in any form of an emoji are one reaction, stored fully qualified', async () => {
    const sent = await send(alice, 'pirates?')
    const react = (user: TestUser, emoji: string, method = 'PUT') =>
      call(user, method, `/messages/${sent.id}/reactions/${encodeURIComponent(emoji)}`)
    for (const emoji of ['👍\ufe0f', '👍', '🏴\u200d☠', '🏴\u200d☠\ufe0f'])
      expect((await react(bob, emoji)).status).to.equal(204)
    expect((await get(bob, sent)).reactions.map(({ emoji, count }) => [emoji, count])).to.deep.equal([
      ['👍', 1],
      ['🏴\u200d☠\ufe0f', 1],
    ])
    for (const emoji of ['👍\ufe0e', '🏽', 'x']) expect((await react(bob, emoji)).status, emoji).to.equal(400)
    expect((await react(bob, '🏴\u200d☠', 'DELETE')).status).to.equal(204)
    expect((await get(bob, sent)).reactions).to.have.length(1)
  })

  it('numbers in its metadata that JSON cannot represent exactly are refused with their path', async () => {
    const raw = (metadata: string) =>
      fetch(`${parley.app.url}/chats/${chatId}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${alice.token}`, 'content-type': 'application/json' },
        body: `{"content":"hi","metadata":${metadata}}`,
      })
    for (const [metadata, path] of [
      ['{"a":{"b":[1,9007199254740993]}}', 'metadata.a.b[1]'],
      ['{"id":-9007199254740992}', 'metadata.id'],
      ['{"id":1e400}', 'metadata.id'],
      ['{"id":1e300}', 'metadata.id'],
    ] as const) {
      const answer = await raw(metadata)
      const { code, errors } = (await answer.json()) as { code: string; errors: { path: string }[] }
      expect([answer.status, code, errors[0]?.path], metadata).to.deep.equal([400, 'validation-failed', path])
    }
    expect((await raw('{"a":9007199254740991,"b":-9007199254740991,"c":0.1,"d":1e-7}')).status).to.equal(201)
  })

  it('leading spaces of its first line are kept', async () => {
    expect((await send(alice, '\n \n  | a | b |\n\n')).content).to.equal('  | a | b |')
    expect(code(await call(alice, 'POST', '/messages', { content: '\u200b' }))).to.deep.equal([400, 'message-empty'])
  })

  it('mentions participants, when it is sent and when it is edited', async () => {
    const carol = await parley.register('Carol')
    const text = `<@${bob.id}> <@${carol.id}> \`<@${alice.id}>\` <@all>`
    const sent = await send(alice, text)
    expect(sent.mentions).to.deep.equal([bob.id])
    expect(await get(bob, sent)).to.deep.include({ mentions: [bob.id], mentionsAll: true })
    await call(alice, 'POST', '/participants', { userId: carol.id })
    const edited = await call(alice, 'PATCH', `/messages/${sent.id}`, { content: `${text}!` })
    expect((edited.body as Shown).mentions).to.deep.equal([bob.id, carol.id])
  })

  it('after its deletion no content of it is left', async () => {
    const sent = await send(bob, 'first')
    await call(bob, 'PATCH', `/messages/${sent.id}`, { content: 'second' })
    await call(alice, 'PUT', `/messages/${sent.id}/reactions/${encodeURIComponent('👍')}`)
    const { body } = await call(alice, 'DELETE', `/messages/${sent.id}`)
    const shown = body as Shown
    expect([shown.content, shown.contentHtml, shown.reactions, shown.deletedBy]).to.deep.equal([
      null,
      null,
      [],
      alice.id,
    ])
    const history = (await call(bob, 'GET', `/messages/${sent.id}/history`)).body as { content: null }[]
    expect(history.map(({ content }) => content)).to.deep.equal([null, null])
    expect(code(await call(bob, 'PATCH', `/messages/${sent.id}`, { content: 'third' }))).to.deep.equal([
      409,
      'message-deleted',
    ])
    expect((await call(bob, 'DELETE', `/messages/${sent.id}`)).status).to.equal(200)
  })

  it('reactions are one per user and emoji, in the order of their first use', async () => {
    const sent = await send(alice, 'lunch?')
    const react = (user: TestUser, emoji: string, method = 'PUT') =>
      call(user, method, `/messages/${sent.id}/reactions/${encodeURIComponent(emoji)}`)
    for (const [user, emoji] of [
      [alice, '👍'],
      [bob, '❤'],
      [bob, '👍'],
      [bob, '👍'],
    ] as const)
      expect((await react(user, emoji)).status).to.equal(204)
    expect((await get(bob, sent)).reactions).to.deep.equal([
      { emoji: '👍', count: 2, userIds: [alice.id, bob.id] },
      { emoji: '❤️', count: 1, userIds: [bob.id] },
    ])
    const people = (await call(bob, 'GET', `/messages/${sent.id}/reactions`)).body as {
      emoji: string
      people: { name: string }[]
    }[]
    expect(people.map(({ emoji, people: who }) => [emoji, who.map(({ name }) => name)])).to.deep.equal([
      ['👍', ['Alice', 'Bob']],
      ['❤️', ['Bob']],
    ])
    await react(alice, '👍', 'DELETE')
    await react(bob, '❤', 'DELETE')
    expect((await get(bob, sent)).reactions).to.deep.equal([{ emoji: '👍', count: 1, userIds: [bob.id] }])
    expect(code(await react(bob, 'ok'))).to.deep.equal([400, 'validation-failed'])
  })

  it('a reply contains the current message that it replies to', async () => {
    const question = await send(alice, 'tea or\ncoffee?')
    const reply = await send(bob, 'tea', { replyTo: question.id })
    expect(reply.replyTo).to.deep.equal({ id: question.id, seq: 1, senderName: 'Alice', excerpt: 'tea or coffee?' })
    await call(alice, 'PATCH', `/messages/${question.id}`, { content: 'tea?' })
    expect((await get(alice, reply)).replyTo?.excerpt).to.equal('tea?')
    await call(alice, 'DELETE', `/messages/${question.id}`)
    expect((await get(alice, reply)).replyTo).to.deep.equal({
      id: question.id,
      seq: 1,
      senderName: null,
      excerpt: null,
    })
    expect(code(await call(bob, 'POST', '/messages', { content: 'x', replyTo: question.id }))).to.deep.equal([
      404,
      'message-not-found',
    ])
  })

  it('mentioned users are in the answer', async () => {
    const sent = await send(alice, `<@${bob.id}> and <@all>, and <@${bob.id}> again`)
    expect(sent.mentions).to.deep.equal([bob.id])
    expect((await get(bob, sent)).mentions).to.deep.equal([bob.id])
  })

  it('is pinned, listed with the pins, and unpinned when it is deleted', async () => {
    const [first, second] = [await send(alice, 'one'), await send(alice, 'two')]
    for (const { id } of [first, second]) expect((await call(bob, 'PUT', `/pins/${id}`)).status).to.equal(204)
    const pins = async () =>
      (
        (await call(alice, 'GET', '/pins')).body as { message: Shown; pinnedBy: { id: string }; pinnedAt: string }[]
      ).map(({ message, pinnedBy }) => [message.content, pinnedBy.id])
    expect(await pins()).to.deep.equal([
      ['two', bob.id],
      ['one', bob.id],
    ])
    await call(alice, 'DELETE', `/messages/${second.id}`)
    await call(alice, 'DELETE', `/pins/${first.id}`)
    expect(await pins()).to.deep.equal([])
  })

  it('all changes are sent to sockets', async () => {
    const socket = parley.socket(bob.token)
    await next(socket, 'ready')
    const received: [string, { version: number }][] = []
    socket.onAny((name: string, payload: { version: number }) => received.push([name, payload]))
    const sent = await send(alice, 'hi')
    await call(alice, 'PATCH', `/messages/${sent.id}`, { content: 'hi!' })
    await socket.emitWithAck('react', { chatId, messageId: sent.id, emoji: '👍', on: true })
    await call(alice, 'PUT', `/pins/${sent.id}`)
    const last = next(socket, 'message_deleted')
    await socket.emitWithAck('delete_message', { chatId, messageId: sent.id })
    await call(alice, 'DELETE', `/messages/${sent.id}`)
    await last
    expect(received.map(([name, { version }]) => [name, version])).to.deep.equal([
      ['new_message', 2],
      ['message_edited', 3],
      ['reaction_added', 4],
      ['message_pinned', 5],
      ['message_unpinned', 6],
      ['message_deleted', 7],
    ])
  })
})
