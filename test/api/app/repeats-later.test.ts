import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { eventually } from '../../support/eventually.js'
import { startTestApp, type Answer, type TestUser, type TestApp } from '../../support/test-app.js'

interface Sent {
  id: string
  seq: number
  content: string | null
}

/** More than a node holds of a stream in memory; `npm run soak` sends more. */
const OTHERS = Number(process.env['PARLEY_OTHER_MESSAGES'] ?? 12_000)
const AT_ONCE = 2_000
const MONTH_MS = 31 * 24 * 60 * 60_000

describe('a message sent again with its key, later', () => {
  let parley: TestApp
  let alice: TestUser
  let chatId: string
  let now: number
  /** Appends are stored, and their answers wait for it. */
  let answers: Promise<unknown>

  beforeEach(async () => {
    now = Date.parse('2026-03-01T12:00:00.000Z')
    answers = Promise.resolve()
    parley = await startTestApp(
      {},
      {
        clock: () => new Date(now),
        wrapLog: (log) => ({
          ...log,
          async append(...call) {
            const appended = await log.append(...call)
            await answers
            return appended
          },
        }),
      },
    )
    alice = await parley.register('Alice')
    const bob = await parley.register('Bob')
    const body = { participantIds: [bob.id], name: 'Team' }
    chatId = ((await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }).id
  })

  afterEach(() => parley[Symbol.asyncDispose]())

  const send = (by: Pick<TestApp, 'call'> = parley, clientMessageId = 'm1'): Promise<Answer> =>
    by.call('POST', `/chats/${chatId}/messages`, {
      token: alice.token,
      body: { content: 'the first text', clientMessageId },
    })
  const sent = ({ status, body, headers }: Answer) => {
    const { id, seq, content } = body as Sent
    return { status, id, seq, content, isReplayed: headers.get('idempotency-replayed') === 'true' }
  }
  const sentEvents = async (): Promise<number> =>
    (await parley.app.core.log.readStream(`chat-${chatId}`, { limit: 1_000 })).filter(
      ({ type }) => type === 'MessageSent',
    ).length

  it('returns the message as it is now, and never its earlier content', async () => {
    const first = sent(await send())
    const message = `/chats/${chatId}/messages/${first.id}`
    await parley.call('PATCH', message, { token: alice.token, body: { content: 'another' } })
    expect(sent(await send())).to.deep.equal({ ...first, content: 'another', isReplayed: true })
    await parley.call('DELETE', message, { token: alice.token })
    const again = await send()
    expect(sent(again)).to.deep.equal({ ...first, content: null, isReplayed: true })
    expect(JSON.stringify(again.body)).not.to.match(/the first text|another/)
  })

  it('is one message where two nodes get it at once', async () => {
    const other = await parley.startNode()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send(index % 2 === 0 ? parley : other).then(sent)),
    )
    expect(new Set(answers.map(({ id, seq }) => `${id} ${seq}`)).size).to.equal(1)
    expect(answers.filter(({ isReplayed }) => !isReplayed)).to.have.length(1)
    expect(await sentEvents()).to.equal(1)
  })

  it('is found by another node where the first one stored it and never answered', async () => {
    const back = new EventEmitter()
    answers = once(back, 'again')
    const unanswered = send()
    await eventually(async () => expect(await sentEvents()).to.equal(1))
    const other = await parley.startNode({ wrapLog: (log) => log })
    expect(sent(await send(other))).to.include({ status: 201, seq: 1, isReplayed: true })
    expect(await sentEvents()).to.equal(1)
    back.emit('again')
    expect(sent(await unanswered)).to.include({ status: 201, seq: 1 })
  })

  it(`returns the first answer after ${OTHERS} other messages, and a month later`, async function () {
    this.timeout(300_000)
    const first = sent(await send())
    const { run } = parley.app.core
    const caller = { userId: alice.id, origin: 'system', correlationId: randomUUID(), key: null, client: null } as const
    const other = { chatId, messageType: 'text', content: 'other', metadata: null, clientMessageId: null }
    for (let done = 0; done < OTHERS; done += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, () => run('sendMessage', other, caller)))
    await eventually(async () => expect(sent(await send())).to.deep.equal({ ...first, isReplayed: true }), {
      timeoutMs: 120_000,
    })
    now += MONTH_MS
    alice = await parley.login(alice)
    expect(sent(await send())).to.deep.equal({ ...first, isReplayed: true })
    expect(sent(await send(parley, 'm2'))).to.deep.include({ seq: OTHERS + 2, isReplayed: false })
  })
})
