import { expect } from 'chai'
import fc from 'fast-check'
import { ParleyError, type Message, type PendingMessage } from '../../packages/client/src/index.js'
import { createOutbox, type OutboxDeps } from '../../packages/client/src/sending/outbox.js'
import { createReleases } from '../../src/app/release.js'
import { startTestApp, type TestApp } from '../support/test-app.js'
import { createGroup, registerClient, type Registered } from './clients.js'

const failure = (code: string, status: number, retryAfterSeconds?: number): ParleyError =>
  new ParleyError({ code, status, title: code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) })

const codeOf = (error: unknown): string => (error instanceof ParleyError ? error.code : String(error))

describe('the outbox of a client', () => {
  let releases = createReleases()
  let parley: TestApp
  let ada: Registered
  let chatId: string

  before(async () => {
    releases = createReleases()
    parley = releases.add(await startTestApp())
    ada = await registerClient(parley.app.url, 'ada', releases)
    chatId = await createGroup(ada)
    await ada.client.connect()
  })
  after(() => releases[Symbol.asyncDispose]())

  /** Sends over the client's socket, but for what `before` and `after` throw. */
  const outboxWith = (options: {
    before?: (message: PendingMessage) => void
    after?: (message: PendingMessage) => void
    online?: OutboxDeps['online']
    maxPending?: number
  }) =>
    createOutbox({
      online: options.online ?? ((signal) => ada.client.connection.online(signal)),
      async transmit(message) {
        options.before?.(message)
        const { clientMessageId, input } = message
        const ack = await ada.client.connection.ask('send_message', { ...input, chatId, clientMessageId })
        options.after?.(message)
        return ack['message'] as Message
      },
      ...(options.maxPending !== undefined && { maxPending: options.maxPending }),
    })

  const latest = async (count: number): Promise<(string | null)[]> => {
    const { body } = await ada.client.api.get('/chats/{id}/messages', { path: { id: chatId }, query: { limit: count } })
    return body.map(({ content }) => content)
  }

  it('sends a message once though its ack was lost', async () => {
    const attempts: string[] = []
    const outbox = outboxWith({
      after({ clientMessageId }) {
        attempts.push(clientMessageId)
        if (attempts.length === 1) throw failure('network-error', 0)
      },
    })
    await outbox.send(chatId, { content: 'before' }).sent
    attempts.length = 0
    const message = await outbox.send(chatId, { content: 'once' }).sent
    expect(message.content).to.equal('once')
    expect(attempts).to.have.length(2)
    expect(attempts[0]).to.equal(attempts[1])
    expect(await latest(2)).to.deep.equal(['before', 'once'])
  })

  it('keeps the order of a chat, whatever fails on the way', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('ok', 'lost', 'never sent', 'busy'), { maxLength: 12 }),
        async (fates) => {
          const pending = [...fates]
          const outbox = outboxWith({
            before() {
              if (pending[0] === 'never sent') throw (pending.shift(), failure('network-error', 0))
              if (pending[0] === 'busy') throw (pending.shift(), failure('too-busy', 503, 0))
            },
            after() {
              if (pending.shift() === 'lost') throw failure('network-error', 0)
            },
          })
          const contents = Array.from({ length: 4 }, (_, index) => `${index} of "${fates.join()}"`)
          const sent = await Promise.all(contents.map((content) => outbox.send(chatId, { content }).sent))
          expect(sent.map(({ content }) => content)).to.deep.equal(contents)
          expect(await latest(4)).to.deep.equal(contents)
          expect(outbox.pending(chatId)).to.deep.equal([])
        },
      ),
      { numRuns: 5 },
    ))

  it('gives a refusal to its sender, removes that message, and sends the others', async () => {
    const outbox = outboxWith({})
    const changes: number[] = []
    outbox.onChange((changed) => changes.push(outbox.pending(changed).length))
    const refusals: unknown[] = []
    outbox.onRefused((refusal) => refusals.push(refusal))
    const [first, refused, last] = ['first', 'x'.repeat(10_001), 'last'].map((content) =>
      outbox.send(chatId, { content }),
    )
    expect(outbox.pending(chatId).map(({ input }) => input.content.length)).to.deep.equal([5, 10_001, 4])
    const error = await refused?.sent.catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(ParleyError).and.include({ code: 'message-too-long', status: 400 })
    expect(refusals).to.deep.equal([{ pending: refused?.pending, error }])
    await Promise.all([first?.sent, last?.sent])
    expect(await latest(2)).to.deep.equal(['first', 'last'])
    expect(changes).to.deep.equal([1, 2, 3, 2, 1, 0])
  })

  it('waits for a connection, and gives up when it is closed', async () => {
    let attempts = 0
    const outbox = outboxWith({
      before: () => attempts++,
      online: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    })
    const { sent } = outbox.send(chatId, { content: 'never' })
    outbox.clear('closed')
    expect(await sent.catch(codeOf)).to.equal('closed')
    expect(attempts).to.equal(0)
    expect(outbox.pending(chatId)).to.deep.equal([])
  })

  it('refuses more messages than it may hold', async () => {
    const outbox = outboxWith({ maxPending: 1, online: () => new Promise(() => undefined) })
    const { sent } = outbox.send(chatId, { content: 'waits' })
    expect(await outbox.send(chatId, { content: 'too many' }).sent.catch(codeOf)).to.equal('outbox-full')
    outbox.clear('signed-out')
    expect(await sent.catch(codeOf)).to.equal('signed-out')
  })

  it('takes a message as sent that came as an event before its ack', async () => {
    const outbox = outboxWith({ online: () => new Promise(() => undefined) })
    const { pending, sent } = outbox.send(chatId, { content: 'waits' })
    const message = await ada.client.send(chatId, { content: 'another' }).sent
    outbox.accepted({ ...message, clientMessageId: pending.clientMessageId })
    expect((await sent).id).to.equal(message.id)
    expect(outbox.pending(chatId)).to.deep.equal([])
  })
})
