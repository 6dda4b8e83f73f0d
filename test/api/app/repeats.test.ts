import { expect } from 'chai'
import { chatStream } from '../../../src/domain/streams.js'
import { logConfig, onEachLog } from '../../support/event-logs.js'
import { next, startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'

interface Sent {
  id: string
  seq: number
  content: string
}

type Ack = { ok: true; message: Sent; position: string } | { ok: false; error: { code: string } }

onEachLog('a command sent again with its key', (kind) => {
  let parley: TestApp
  let alice: TestUser
  let bob: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp(logConfig(kind))
    alice = await parley.register('Alice')
    bob = await parley.register('Bob')
  })

  after(() => parley[Symbol.asyncDispose]())

  beforeEach(async () => {
    const body = { participantIds: [bob.id], name: 'Team' }
    chatId = ((await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }).id
  })

  const send = (body: object, headers: object = {}, { token } = alice): Promise<Answer> =>
    parley.call('POST', `/chats/${chatId}/messages`, { token, body, headers })

  const eventsOfChat = async (): Promise<number> =>
    (await parley.app.core.log.readStream(chatStream(chatId), { limit: 100 })).length

  const isReplayed = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true'

  const emitted = async (content: string, clientMessageId: string): Promise<Ack> => {
    const socket = parley.socket(alice.token)
    await next(socket, 'ready')
    return (await socket.emitWithAck('send_message', { chatId, content, clientMessageId })) as Ack
  }

  it('gets the same answer, marked as a repeat, and appends nothing', async () => {
    const first = await send({ content: 'hi', clientMessageId: 'm1' })
    expect([first.status, isReplayed(first)]).to.deep.equal([201, false])
    const again = await send({ content: 'hi', clientMessageId: 'm1' })
    expect([again.status, isReplayed(again)]).to.deep.equal([201, true])
    expect(again.body).to.deep.equal(first.body)
    expect(await eventsOfChat()).to.equal(2)
  })

  it('is executed once when it is sent many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send({ content: 'hi', clientMessageId: 'm1' })))
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([201]))
    expect(new Set(answers.map(({ body }) => (body as Sent).id)).size).to.equal(1)
    expect(answers.filter((answer) => !isReplayed(answer))).to.have.length(1)
    expect(await eventsOfChat()).to.equal(2)
  })

  it('takes its key from the header or the body', async () => {
    const first = await send({ content: 'hi', clientMessageId: 'm1' })
    const inHeader = await send({ content: 'hi' }, { 'idempotency-key': 'm1' })
    const inBoth = await send({ content: 'hi', clientMessageId: 'm1' }, { 'idempotency-key': 'm1' })
    for (const again of [inHeader, inBoth]) {
      expect(isReplayed(again)).to.equal(true)
      expect(again.body).to.deep.equal(first.body)
    }
  })

  it('is refused where header and body name different keys', async () => {
    const refused = await send({ content: 'hi', clientMessageId: 'm1' }, { 'idempotency-key': 'm2' })
    expect(refused.body).to.include({ status: 400, code: 'idempotency-key-mismatch' })
    expect(await eventsOfChat()).to.equal(1)
  })

  it('is refused with another body, but not with an equal one in another form', async () => {
    await send({ content: 'hi', clientMessageId: 'm1' })
    const refused = await send({ content: 'bye', clientMessageId: 'm1' })
    expect(refused.body).to.include({ status: 422, code: 'idempotency-key-reused' })
    expect(isReplayed(await send({ content: '\r\nhi \r\n', type: 'text', clientMessageId: 'm1' }))).to.equal(true)
    expect(await eventsOfChat()).to.equal(2)
  })

  it('is the same over REST and sockets', async () => {
    const first = (await send({ content: 'hi', clientMessageId: 'm1' })).body as Sent
    const again = await emitted('hi', 'm1')
    expect(again).to.deep.include({ ok: true, message: first })
    expect(await emitted('bye', 'm1')).to.have.nested.property('error.code', 'idempotency-key-reused')

    const onSocket = await emitted('ho', 'm2')
    const overRest = await send({ content: 'ho', clientMessageId: 'm2' })
    expect(isReplayed(overRest)).to.equal(true)
    expect(onSocket).to.deep.include({ ok: true, message: overRest.body })
    expect(await eventsOfChat()).to.equal(3)
  })

  it('is another command for another user or in another chat', async () => {
    const first = (await send({ content: 'hi', clientMessageId: 'm1' })).body as Sent
    const ofBob = await send({ content: 'hi', clientMessageId: 'm1' }, {}, bob)
    expect([ofBob.status, isReplayed(ofBob)]).to.deep.equal([201, false])
    expect(ofBob.body).not.to.include({ id: first.id })
  })

  it('opens one chat only', async () => {
    const create = () =>
      parley.call('POST', '/chats', {
        token: alice.token,
        body: { participantIds: [bob.id], name: 'Once' },
        headers: { 'idempotency-key': `chat-of-${chatId}` },
      })
    const first = await create()
    const again = await create()
    expect([first.status, again.status, isReplayed(first), isReplayed(again)]).to.deep.equal([201, 201, false, true])
    expect((again.body as Sent).id).to.equal((first.body as Sent).id)
  })

  it('is not remembered where it was refused', async () => {
    const dave = await parley.register('Dave')
    const refused = await send({ content: 'hi', clientMessageId: 'm1' }, {}, dave)
    expect(refused.body).to.include({ status: 403, code: 'not-authorized' })
    await parley.call('POST', `/chats/${chatId}/participants`, { token: alice.token, body: { userId: dave.id } })
    const sent = await send({ content: 'bye', clientMessageId: 'm1' }, {}, dave)
    expect([sent.status, isReplayed(sent)]).to.deep.equal([201, false])
  })
})

describe('a repeat and the message limit', () => {
  it('are independent', async () => {
    await using parley = await startTestApp({ rateLimitMessagesPerMinute: 2 })
    const alice = await parley.register('Alice')
    const bob = await parley.register('Bob')
    const chat = await parley.call('POST', '/chats', { token: alice.token, body: { participantIds: [bob.id] } })
    const path = `/chats/${(chat.body as { id: string }).id}/messages`
    const send = async (clientMessageId: string): Promise<number> =>
      (await parley.call('POST', path, { token: alice.token, body: { content: 'hi', clientMessageId } })).status

    expect(await send('m1')).to.equal(201)
    for (let repeat = 0; repeat < 5; repeat++) expect(await send('m1')).to.equal(201)
    expect(await send('m2')).to.equal(201)
    expect(await send('m3')).to.equal(429)
    expect(await send('m2')).to.equal(201)
  })
})
