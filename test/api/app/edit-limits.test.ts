import { expect } from 'chai'
import { next, startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'

describe('an edit', () => {
  async function chatOf(parley: TestApp): Promise<{ alice: TestUser; path: string; chatId: string }> {
    const alice = await parley.register('Alice')
    const bob = await parley.register('Bob')
    const body = { participantIds: [bob.id] }
    const chatId = ((await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }).id
    return { alice, chatId, path: `/chats/${chatId}/messages` }
  }

  const editing =
    (parley: TestApp, { token }: TestUser, path: string) =>
    (content: string, key?: string): Promise<Answer> =>
      parley.call('PATCH', path, {
        token,
        body: { content },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      })

  const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string }).code]

  it('counts as a message, over REST and sockets; its repeat does not', async () => {
    await using parley = await startTestApp({ rateLimitMessagesPerMinute: 3 })
    const { alice, path, chatId } = await chatOf(parley)
    const sent = await parley.call('POST', path, { token: alice.token, body: { content: 'hi' } })
    const { id: messageId } = sent.body as { id: string }
    const edit = editing(parley, alice, `${path}/${messageId}`)
    expect((await edit('one', 'k1')).headers.get('ratelimit')).to.match(/^"messages";r=1;/)
    for (let repeat = 0; repeat < 3; repeat++) expect((await edit('one', 'k1')).status).to.equal(200)
    expect((await edit('two')).status).to.equal(200)
    expect(codeOf(await edit('three'))).to.deep.equal([429, 'rate-limited'])
    expect((await edit('one', 'k1')).status).to.equal(200)
    const socket = parley.socket(alice.token)
    await next(socket, 'ready')
    const ack = (await socket.emitWithAck('edit_message', { chatId, messageId, content: 'four' })) as {
      error: { code: string }
    }
    expect(ack.error.code).to.equal('rate-limited')
  })

  it('cannot put content into a message that would be refused in a new one', async () => {
    await using parley = await startTestApp({ blockedWords: ['grass'], blockedWordsPolicy: 'refuse' })
    const { alice, path } = await chatOf(parley)
    const sent = await parley.call('POST', path, { token: alice.token, body: { content: 'hi' } })
    const edit = editing(parley, alice, `${path}/${(sent.body as { id: string }).id}`)
    expect(codeOf(await edit('green grass'))).to.deep.equal([422, 'content-refused'])
    expect(codeOf(await edit('green grass', 'k1'))).to.deep.equal([422, 'content-refused'])
    expect((await edit('green')).status).to.equal(200)
  })

  it('that is refused for blocked words counts as well, as such a message does', async () => {
    await using parley = await startTestApp({
      blockedWords: ['grass'],
      blockedWordsPolicy: 'refuse',
      rateLimitMessagesPerMinute: 3,
    })
    const { alice, path } = await chatOf(parley)
    const send = (content: string): Promise<Answer> =>
      parley.call('POST', path, { token: alice.token, body: { content } })
    const { id } = (await send('hi')).body as { id: string }
    expect(codeOf(await send('green grass'))).to.deep.equal([422, 'content-refused'])
    expect(codeOf(await editing(parley, alice, `${path}/${id}`)('grass'))).to.deep.equal([422, 'content-refused'])
    expect(codeOf(await send('green grass'))).to.deep.equal([429, 'rate-limited'])
  })
})
