import { expect } from 'chai'
import type { CommandContext } from '../../src/commands/pipeline/command-context.js'
import { inboxStream } from '../../src/domain/streams.js'
import type { InboxCommand } from '../../src/domain/inbox/inbox.js'
import { createDecisionIndex } from '../../src/projections/decision-index/decision-index.js'
import { gatedLog } from '../support/gated-log.js'
import { uuid } from '../support/uuid.js'
import { openWriteSide, type WriteSide } from '../support/write-side.js'

const ada = uuid('ada')
const inbox = inboxStream(ada)
const [garden, attic] = [uuid('garden'), uuid('attic')]

describe('read markers of one user that wait at the same time', () => {
  let side: WriteSide

  beforeEach(async () => {
    side = await openWriteSide()
  })

  afterEach(() => side[Symbol.asyncDispose]())

  const mark = (chatId: string, seq: number, unread = false): InboxCommand => ({
    type: 'MarkRead',
    userId: ada,
    chatId,
    seq,
    unread,
  })
  const from = (name: string, fingerprint?: string): CommandContext => ({
    commandId: uuid(name),
    actor: ada,
    origin: 'socket',
    correlationId: uuid('request'),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  })

  const stored = async (): Promise<unknown[]> =>
    (await side.log.readStream(inbox, { limit: 100 })).map(({ data }) => (JSON.parse(data) as { chats: unknown }).chats)

  it('become one event, which answers each of them', async () => {
    const node = side.createNode()
    const markers = [mark(garden, 1), mark(attic, 4), mark(garden, 3)]
    const results = await Promise.all(
      markers.map((command, index) => node.handle(inbox, command, from(`marker ${index}`))),
    )
    expect(results.map(({ kind }) => kind)).to.deep.equal(['done', 'done', 'done'])
    expect(await stored()).to.deep.equal([
      [
        { chatId: garden, seq: 3 },
        { chatId: attic, seq: 4 },
      ],
    ])
    const heads = results.map((result) => result.kind === 'done' && result.events.map(({ version }) => version))
    expect(heads).to.deep.equal([[1], [1], [1]])
  })

  it('stay separate where one has an idempotency key, so that its repeat finds its event', async () => {
    const running = side.startIndex()
    const index = createDecisionIndex(side.pool, side.index)
    const lookedUp = Promise.withResolvers<null>()
    const { log, open } = gatedLog(side.log)
    const node = side.createNode({
      index: {
        ...index,
        async lookUp(commandIds) {
          const found = await index.lookUp(commandIds)
          lookedUp.resolve(null)
          return found
        },
      },
      log,
    })
    const keyed = () => node.handle(inbox, mark(attic, 4), from('keyed', 'body'))
    const first = node.handle(inbox, mark(garden, 1), from('first'))
    const second = keyed()
    await lookedUp.promise
    const third = node.handle(inbox, mark(garden, 3), from('third'))
    open()
    await Promise.all([first, second, third])
    expect(await stored()).to.have.length(3)
    expect((await keyed()).kind).to.equal('repeated')
    await running[Symbol.asyncDispose]()
  })

  it('advance a marker that another node set back, unknown to this node', async () => {
    const [here, there] = [side.createNode(), side.createNode()]
    await here.handle(inbox, mark(garden, 5), from('read'))
    await there.handle(inbox, mark(garden, 5, true), from('received'))
    await here.handle(inbox, mark(garden, 1, true), from('set back'))
    await there.handle(inbox, mark(garden, 3), from('read on'))
    expect((await stored()).at(-1)).to.deep.equal([{ chatId: garden, seq: 3 }])
  })
})
