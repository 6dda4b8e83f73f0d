import { expect } from 'chai'
import { createDecisionIndex } from '../../src/projections/decision-index/decision-index.js'
import { CommandFault } from '../../src/commands/pipeline/command-fault.js'
import type { CatalogueHandler } from '../../src/commands/catalogue/stream-kinds.js'
import type { CommandResult } from '../../src/commands/pipeline/command-result.js'
import type { ChatCommand, ChatRejection } from '../../src/domain/chat/commands.js'
import { chatStream } from '../../src/domain/streams.js'
import type { ChatEvent } from '../../src/domain/chat/events.js'
import { onEachLog } from '../support/event-logs.js'
import { eventually } from '../support/eventually.js'
import { gatedLog } from '../support/gated-log.js'
import { uuid } from '../support/uuid.js'
import { openWriteSide, type WriteSide } from '../support/write-side.js'

const [ada, bob] = [uuid('ada'), uuid('bob')]
const chat = chatStream(uuid('chat'))
const messageId = uuid('first')
const message = { status: 'absent' } as const

const create: ChatCommand = {
  type: 'CreateChat',
  chatType: 'group',
  by: ada,
  participantIds: [bob],
  name: 'Team',
  historyVisibility: 'full',
  joinPolicy: 'open',
  imported: false,
}
const send = (content: string): ChatCommand => ({
  type: 'SendMessage',
  messageId: uuid(content),
  senderId: ada,
  messageType: 'text',
  content,
  metadata: null,
  clientMessageId: null,
})
const edit: ChatCommand = { type: 'EditMessage', messageId, by: ada, content: 'otherwise', message }
const remove: ChatCommand = { type: 'DeleteMessage', messageId, by: ada, message }
const react: ChatCommand = { type: 'React', messageId, userId: bob, emoji: '👍', on: true, message }

onEachLog('rules for one message, on nodes whose index lags', (kind) => {
  let side: WriteSide
  let commands = 0

  beforeEach(async () => {
    side = await openWriteSide(undefined, kind)
  })

  afterEach(() => side[Symbol.asyncDispose]())

  const handle = (node: CatalogueHandler, command: ChatCommand): Promise<CommandResult<ChatEvent, ChatRejection>> =>
    node.handle(chat, command, {
      commandId: uuid(`command ${commands++}`),
      actor: ada,
      origin: 'rest',
      correlationId: uuid('request'),
    })

  async function outcome(node: CatalogueHandler, command: ChatCommand): Promise<string> {
    const result = await handle(node, command)
    return result.kind === 'rejected' ? result.rejection.code : result.kind
  }

  const typesIn = async (): Promise<string[]> =>
    (await side.log.readStream(chat, { limit: 100 })).map(({ type }) => type)

  /** A chat with one message, and two nodes: the index knows nothing of it. */
  async function twoNodes(): Promise<[CatalogueHandler, CatalogueHandler]> {
    const nodes = [side.createNode(), side.createNode()] as const
    await handle(nodes[0], create)
    await handle(nodes[0], send('first'))
    return [...nodes]
  }

  it('an edit after a deletion never restores text, on any nodes', async () => {
    const [one, other] = await twoNodes()
    expect(await outcome(other, edit)).to.equal('done') // the other node knows the chat from here on
    expect(await outcome(one, remove)).to.equal('done')
    expect(await outcome(other, edit)).to.equal('message-deleted')
    expect(await outcome(one, edit)).to.equal('message-deleted')
    expect(await typesIn()).to.deep.equal(['ChatCreated', 'MessageSent', 'MessageEdited', 'MessageDeleted'])
  })

  it('the same for concurrent ones: an edit after the deletion is refused', async () => {
    const [one, other] = await twoNodes()
    const outcomes = await Promise.all([outcome(one, remove), ...Array.from({ length: 5 }, () => outcome(other, edit))])
    expect(outcomes[0]).to.equal('done')
    const types = await typesIn()
    expect(types.at(-1)).to.equal('MessageDeleted')
    expect(types.filter((type) => type === 'MessageEdited')).to.have.length(
      outcomes.filter((kind) => kind === 'done').length - 1,
    )
  })

  it('a deletion and an edit in one batch are decided one after the other', async () => {
    await twoNodes()
    const { log, open } = gatedLog(side.log)
    const asked = Promise.withResolvers<null>()
    const index = createDecisionIndex(side.pool, side.index)
    const one = side.createNode({
      log,
      index: {
        ...index,
        async lookUpEntities(about) {
          if (about.length === 2) asked.resolve(null) // the first went alone, the others together
          return index.lookUpEntities(about)
        },
      },
    })
    const before = outcome(one, send('another'))
    const outcomes = [remove, edit, remove].map((command) => outcome(one, command))
    await asked.promise
    await eventually(() => expect(side.pool.waitingCount).to.equal(0))
    open()
    expect(await before).to.equal('done')
    expect(await Promise.all(outcomes)).to.deep.equal(['done', 'message-deleted', 'unchanged'])
  })

  it('a user reacts once with an emoji, over all nodes', async () => {
    const [one, other] = await twoNodes()
    const outcomes = await Promise.all([outcome(one, react), outcome(other, react), outcome(one, react)])
    expect(outcomes.toSorted()).to.deep.equal(['done', 'unchanged', 'unchanged'])
    expect((await typesIn()).filter((type) => type === 'ReactionAdded')).to.have.length(1)
  })

  it('a message of another chat is not found', async () => {
    const [one] = await twoNodes()
    const index = side.startIndex()
    await eventually(async () => {
      const known = await createDecisionIndex(side.pool, side.index).lookUpEntities([
        { stream: chat, entityId: messageId, userId: null },
      ])
      expect(known.facts[0]?.status).to.equal('sent')
    })
    const elsewhere = chatStream(uuid('elsewhere'))
    const context = { actor: ada, origin: 'rest', correlationId: uuid('request') } as const
    await one.handle(elsewhere, create, { ...context, commandId: uuid('elsewhere') })
    const result = await one.handle(elsewhere, remove, { ...context, commandId: uuid('remove there') })
    expect(result).to.deep.equal({ kind: 'rejected', rejection: { code: 'message-not-found' } })
    await index[Symbol.asyncDispose]()
  })

  it('the index and the events after it are seen as one: before, during and after it catches up', async () => {
    const [one, other] = await twoNodes()
    const index = side.startIndex()
    const known = () =>
      createDecisionIndex(side.pool, side.index).lookUpEntities([{ stream: chat, entityId: messageId, userId: bob }])
    expect(await outcome(one, react)).to.equal('done')
    await eventually(async () =>
      expect((await known()).facts[0]).to.deep.include({ version: 3, mine: new Set(['👍']) }),
    )
    await index[Symbol.asyncDispose]()
    expect(await outcome(one, { ...react, on: false })).to.equal('done')
    expect(await outcome(other, react)).to.equal('done')
    expect(await outcome(one, react)).to.equal('unchanged')
    const later = side.startIndex()
    await eventually(async () =>
      expect((await known()).facts[0]).to.deep.include({ version: 5, emojis: new Map([['👍', 1]]) }),
    )
    await later[Symbol.asyncDispose]()
    expect(await outcome(side.createNode(), react)).to.equal('unchanged')
  })
})

describe('a message when the index lags too far behind', () => {
  it('is answered with an error rather than a wrong decision', async function () {
    this.timeout(120_000)
    await using side = await openWriteSide()
    const node = side.createNode()
    const context = (name: string) =>
      ({ commandId: uuid(name), actor: ada, origin: 'rest', correlationId: uuid('request') }) as const
    await node.handle(chat, create, context('create'))
    await node.handle(chat, send('first'), context('first'))
    for (let from = 0; from < 10_500; from += 500)
      await Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          node.handle(chat, send(`m${from + index}`), context(`m${from + index}`)),
        ),
      )
    const refused = await node.handle(chat, edit, context('edit')).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(CommandFault).and.to.include({ code: 'projection-behind' })
  })
})
