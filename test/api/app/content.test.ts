import { expect } from 'chai'
import { next, startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'

interface Message {
  id: string
  content: string | null
  contentHtml: string | null
}

describe('the content of a message', () => {
  let parley: TestApp
  let alice: TestUser
  let bob: TestUser
  let chatId: string

  async function start(config: Parameters<typeof startTestApp>[0] = {}): Promise<void> {
    parley = await startTestApp(config)
    alice = await parley.register('Alice')
    bob = await parley.register('Bob')
    const name = '<img src=x onerror=alert(1)>'
    await parley.call('PATCH', '/users/me', { token: bob.token, body: { name } })
    const body = { participantIds: [bob.id], name: '<b>Team</b>' }
    chatId = ((await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }).id
  }

  afterEach(() => parley[Symbol.asyncDispose]())

  const post = (content: string, key?: string): Promise<Answer> =>
    parley.call('POST', `/chats/${chatId}/messages`, {
      token: alice.token,
      body: { content, ...(key === undefined ? {} : { clientMessageId: key }) },
    })
  const shownOf = ({ content, contentHtml }: Message): object => ({ content, contentHtml })

  it('is returned verbatim, and as the same HTML everywhere: answer, repeat, frame, history, events, socket acknowledgement', async () => {
    await start()
    const content = '**a** `a < b && c > d` <script>alert(1)</script>'
    const contentHtml =
      '<p><strong>a</strong> <code>a &lt; b &amp;&amp; c &gt; d</code> &lt;script&gt;alert(1)&lt;/script&gt;</p>'
    const socket = parley.socket(bob.token)
    await next(socket, 'ready')
    const frame = next<Message>(socket, 'new_message')
    const sent = (await post(content, 'k1')).body as Message
    const repeat = (await post(content, 'k1')).body as Message
    const get = async <Body>(path: string): Promise<Body> =>
      (await parley.call('GET', path, { token: alice.token })).body as Body
    const one = await get<Message>(`/chats/${chatId}/messages/${sent.id}`)
    const [listed] = await get<Message[]>(`/chats/${chatId}/messages`)
    const past = (await get<{ payload: Message }[]>(`/chats/${chatId}/events`)).at(-1)!.payload
    for (const message of [sent, repeat, await frame, one, listed!, past])
      expect(shownOf(message)).to.deep.equal({ content, contentHtml })
    const ack = (await socket.emitWithAck('send_message', { chatId, content })) as { message: Message }
    expect(shownOf(ack.message)).to.deep.equal({ content, contentHtml })
  })

  it('names are returned verbatim, as plain text', async () => {
    await start()
    const { body } = await parley.call('GET', `/chats/${chatId}`, { token: alice.token })
    expect(body).to.include({ name: '<b>Team</b>' })
    expect((body as { participants: object[] }).participants[1]).to.include({ name: '<img src=x onerror=alert(1)>' })
    const mention = ((await post(`hello <@${bob.id}>`)).body as Message).contentHtml
    expect(mention).to.equal(`<p>hello &lt;@${bob.id}&gt;</p>`)
  })

  it('mask: blocked words are masked in the rendered HTML only', async () => {
    await start({ blockedWords: ['darn'], blockedWordsPolicy: 'mask' })
    const { status, body } = await post('oh d4rn, [darn](https://a.example)')
    expect([status, shownOf(body as Message)]).to.deep.equal([
      201,
      {
        content: 'oh d4rn, [darn](https://a.example)',
        contentHtml: '<p>oh ••••, <a href="https://a.example" rel="noopener noreferrer nofollow ugc">••••</a></p>',
      },
    ])
    const [listed] = (await parley.call('GET', `/chats/${chatId}/messages`, { token: alice.token })).body as Message[]
    expect(shownOf(listed!)).to.deep.equal(shownOf(body as Message))
  })

  it('refuse: a message with a blocked word is not sent, over REST or sockets, with a key or without', async () => {
    await start({ blockedWords: ['darn'], blockedWordsPolicy: 'refuse' })
    for (const key of [undefined, 'k1', 'k1']) {
      const { status, body } = await post('oh d\u200barn', key)
      expect([status, body]).to.deep.include(422).and.to.have.nested.property('[1].code', 'content-refused')
    }
    const socket = parley.socket(alice.token)
    await next(socket, 'ready')
    const ack = (await socket.emitWithAck('send_message', { chatId, content: 'darn' })) as { error: { code: string } }
    expect(ack.error.code).to.equal('content-refused')
    expect((await post('oh dear', 'k1')).status).to.equal(201)
    const types = (await parley.app.core.log.readStream(`chat-${chatId}`, { limit: 10 })).map(({ type }) => type)
    expect(types).to.deep.equal(['ChatCreated', 'MessageSent'])
  })

  it('a repeat of a message accepted before its word was blocked gets the first answer', async () => {
    const words: string[] = []
    await start({ blockedWords: words, blockedWordsPolicy: 'refuse' })
    const first = (await post('darn', 'k1')).body as Message
    words.push('darn')
    await parley.restart(() => Promise.resolve())
    const repeat = await post('darn', 'k1')
    expect([repeat.status, (repeat.body as Message).id]).to.deep.equal([201, first.id])
    expect((await post('darn', 'k2')).status).to.equal(422)
  })
})
