import { expect } from 'chai'
import { createSeal, type Seal } from '../../../src/commands/pipeline/seal-batch.js'
import type { CommandContext } from '../../../src/commands/pipeline/command-context.js'
import type { CommandResult } from '../../../src/commands/pipeline/command-result.js'
import type { ChatCommand, ChatRejection } from '../../../src/domain/chat/commands.js'
import { chatStream } from '../../../src/domain/streams.js'
import type { ChatEvent } from '../../../src/domain/chat/events.js'
import { UnknownOutcomeError, type EventLog } from '../../../src/eventstore/event-log.js'
import type { CatalogueHandler } from '../../../src/commands/catalogue/stream-kinds.js'
import { onEachLog } from '../../support/event-logs.js'
import { faultyLog } from '../../support/faulty-log.js'
import { uuid } from '../../support/uuid.js'
import { openWriteSide, type WriteSide } from '../../support/write-side.js'

const alice = uuid('alice')
const bob = uuid('bob')
const chat = chatStream(uuid('chat'))

const create: ChatCommand = {
  type: 'CreateChat',
  chatType: 'group',
  by: alice,
  participantIds: [],
  name: 'Team',
  historyVisibility: 'full',
  joinPolicy: 'open',
  imported: false,
}

const send = (content: string, senderId = alice): ChatCommand => ({
  type: 'SendMessage',
  messageId: uuid(content),
  senderId,
  messageType: 'text',
  content,
  metadata: null,
  clientMessageId: null,
})

const from = (name: string, key?: { fingerprint: string }): CommandContext => ({
  commandId: uuid(name),
  actor: alice,
  origin: 'rest',
  correlationId: uuid('request'),
  ...key,
})

type Result = CommandResult<ChatEvent, ChatRejection>
const handle = (node: CatalogueHandler, command: ChatCommand, context: CommandContext): Promise<Result> =>
  node.handle(chat, command, context)

const typesIn = async (log: EventLog): Promise<string[]> =>
  (await log.readStream(chat, { limit: 1_000 })).map(({ type }) => type)

onEachLog('handling a command', (kind) => {
  let side: WriteSide

  beforeEach(async () => {
    side = await openWriteSide(undefined, kind)
  })

  afterEach(() => side[Symbol.asyncDispose]())

  it('appends the decided events, and returns their position', async () => {
    const node = side.createNode()
    const result = await handle(node, create, from('create'))
    expect(result.kind).to.equal('done')
    const [recorded] = await side.log.readStream(chat, { limit: 1 })
    expect(result).to.include({ position: recorded!.position })
    expect(JSON.parse(recorded!.metadata)).to.include({ commandId: uuid('create'), actor: alice, origin: 'rest' })
  })

  it('appends commands that wait together in one batch, in the order of their arrival', async () => {
    let calls = 0
    const node = side.createNode({ onAppended: () => calls++ })
    await handle(node, create, from('create'))
    const contents = Array.from({ length: 50 }, (_, index) => `message ${index}`)
    const results = await Promise.all(contents.map((content) => handle(node, send(content), from(content))))
    const seqs = results.map((result) => {
      const [made] = result.kind === 'done' ? result.events : []
      return made?.event.type === 'MessageSent' ? made.event.seq : null
    })
    expect(seqs).to.deep.equal(contents.map((_, index) => index + 1))
    expect(calls).to.be.lessThan(5)
  })

  it('ends a batch at 512 KiB, and appends the rest in the next', async () => {
    const sizes: number[] = []
    const log = Object.assign(Object.create(side.log) as EventLog, {
      append: (...call: Parameters<EventLog['append']>) => {
        sizes.push(call[2].reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0))
        return side.log.append(...call)
      },
    })
    const node = side.createNode({ log })
    await handle(node, create, from('create'))
    const long = 'x'.repeat(10_000)
    await Promise.all(Array.from({ length: 60 }, (_, index) => handle(node, send(long), from(`long ${index}`))))
    expect(Math.max(...sizes)).to.be.at.most(512 * 1024)
    expect(sizes).to.have.length.greaterThan(2)
    expect(await typesIn(side.log)).to.have.length(61)
  })

  it('refuses a command whose events exceed 256 KiB, and continues with the others of the batch', async () => {
    const node = side.createNode()
    await handle(node, create, from('create'))
    const results = await Promise.all([
      handle(node, send('before'), from('before')),
      handle(node, send('x'.repeat(200_000)), from('huge')),
      handle(node, send('after'), from('after')),
    ])
    expect(results.map(({ kind }) => kind)).to.deep.equal(['done', 'rejected', 'done'])
    expect(results[1]).to.deep.equal({ kind: 'rejected', rejection: { code: 'command-too-large' } })
  })

  it('appends at the version of the decision, also where the state advances during encryption', async () => {
    const there = side.createNode()
    const realSeal = createSeal(side.sealer, () => new Date())
    let meanwhile = (): Promise<unknown> => Promise.resolve()
    const seal: Seal = async (...batch) => {
      const sealed = await realSeal(...batch)
      await meanwhile()
      return sealed
    }
    const here = side.createNode({ seal })
    await handle(here, create, from('create'))
    meanwhile = async () => {
      meanwhile = () => Promise.resolve()
      await handle(there, send('theirs'), from('theirs'))
      await here.stateOf(chat, () => false)
    }
    await handle(here, send('ours'), from('ours'))
    const events = await side.log.readStream(chat, { limit: 10 })
    const folded = events.map((recorded) => side.reader.decode(recorded).event as { seq?: number })
    expect(folded.map(({ seq }) => seq)).to.deep.equal([undefined, 1, 2])
  })

  it('decides again after a version conflict, which is no refusal', async () => {
    const [here, there] = [side.createNode(), side.createNode()]
    await handle(here, create, from('create'))
    await handle(there, send('theirs'), from('theirs'))
    const result = await handle(here, send('ours'), from('ours'))
    expect(result.kind).to.equal('done')
    expect(await typesIn(side.log)).to.deep.equal(['ChatCreated', 'MessageSent', 'MessageSent'])
  })

  it('never refuses based on a stale cache', async () => {
    const [here, there] = [side.createNode(), side.createNode()]
    await handle(here, create, from('create'))
    expect(await handle(here, send('too early', bob), from('early'))).to.deep.include({ kind: 'rejected' })
    await handle(there, { type: 'JoinChat', userId: bob }, from('join'))
    expect(await handle(here, send('I am in', bob), from('in'))).to.include({ kind: 'done' })
  })

  it('never answers that nothing changes based on a stale cache', async () => {
    const [here, there] = [side.createNode(), side.createNode()]
    await handle(here, create, from('create'))
    await handle(here, { type: 'JoinChat', userId: bob }, from('join'))
    await handle(there, { type: 'LeaveChat', userId: bob }, from('leave'))
    expect(await handle(here, { type: 'JoinChat', userId: bob }, from('join again'))).to.include({ kind: 'done' })
  })

  it('appends nothing on a refusal', async () => {
    const node = side.createNode()
    await handle(node, create, from('create'))
    await handle(node, send('outsider', bob), from('outsider'))
    expect(await typesIn(side.log)).to.deep.equal(['ChatCreated'])
  })

  for (const fate of ['lost-before', 'lost-after'] as const) {
    it(`records a command once when its append is ${fate}, and again`, async () => {
      const node = side.createNode({ log: faultyLog(side.log, ['fine', fate, fate]) })
      await handle(node, create, from('create'))
      const result = await handle(node, send('once'), from('once'))
      expect(result.kind).to.be.oneOf(['done', 'repeated'])
      expect(await typesIn(side.log)).to.deep.equal(['ChatCreated', 'MessageSent'])
    })
  }

  it('records a command once when its answer was lost and another node wrote before the repeat', async () => {
    const there = side.createNode()
    const node = side.createNode({
      log: faultyLog(side.log, ['fine', 'lost-after']),
      pause: async () => {
        await handle(there, send('in between'), from('in between'))
      },
    })
    await handle(node, create, from('create'))
    await handle(node, send('once'), from('once'))
    expect(await typesIn(side.log)).to.deep.equal(['ChatCreated', 'MessageSent', 'MessageSent'])
  })

  it('answers 503 outcome-unknown at the deadline, and goes on until the outcome is known', async () => {
    let lift: () => void = () => undefined
    const lifted = new Promise<void>((resolve) => (lift = resolve))
    const log = faultyLog(side.log, ['fine', 'lost-before'])
    const node = side.createNode({ log, deadlineMs: 500, pause: () => lifted })
    await handle(node, create, from('create'))
    const failed = await handle(node, send('late'), from('late')).catch((error: unknown) => error)
    expect(failed).to.include({ name: 'CommandFault', code: 'outcome-unknown' })
    lift()
    await node[Symbol.asyncDispose]()
    expect(await typesIn(side.log)).to.deep.equal(['ChatCreated', 'MessageSent'])
  })

  it('answers too-busy to a command that was not sent before its deadline', async () => {
    let lift: () => void = () => undefined
    const lifted = new Promise<void>((resolve) => (lift = resolve))
    const node = side.createNode({
      log: faultyLog(side.log, ['fine', 'lost-before']),
      deadlineMs: 500,
      pause: () => lifted,
    })
    await handle(node, create, from('create'))
    const first = handle(node, send('first'), from('first')).catch((error: unknown) => error)
    await new Promise((resolve) => setImmediate(resolve))
    const second = await handle(node, send('second'), from('second')).catch((error: unknown) => error)
    expect(second).to.include({ name: 'CommandFault', code: 'too-busy' })
    expect(await first).to.include({ code: 'outcome-unknown' })
    lift()
    await node[Symbol.asyncDispose]()
    expect(await typesIn(side.log)).to.deep.equal(['ChatCreated', 'MessageSent'])
  })

  it('fails, and does not hang, when the log refuses to be read', async () => {
    const log = Object.assign(Object.create(side.log) as EventLog, {
      readStream: () => Promise.reject(new UnknownOutcomeError('away')),
    })
    const failed = await handle(side.createNode({ log }), create, from('create')).catch((error: unknown) => error)
    expect(failed).to.include({ name: 'UnknownOutcomeError' })
  })
})

onEachLog('a command with a client key', (kind) => {
  const key = { fingerprint: 'of its body' }
  let side: WriteSide

  beforeEach(async () => {
    side = await openWriteSide(undefined, kind)
  })

  afterEach(() => side[Symbol.asyncDispose]())

  it('is known as a repeat at once, before the index has seen it', async () => {
    const node = side.createNode()
    await handle(node, create, from('create'))
    await handle(node, send('once'), from('once', key))
    expect(await handle(node, send('once'), from('once', key))).to.include({ kind: 'repeated', version: 2 })
  })

  it('is known as a repeat within one batch', async () => {
    const node = side.createNode()
    await handle(node, create, from('create'))
    const results = await Promise.all([1, 2, 3].map(() => handle(node, send('once'), from('once', key))))
    expect(results.map(({ kind }) => kind)).to.deep.equal(['done', 'repeated', 'repeated'])
    expect(results[2]).to.include({ version: 2 })
  })

  it('is known as a repeat on a node that never saw the stream, with or without the index', async () => {
    await handle(side.createNode(), create, from('create'))
    await handle(side.createNode(), send('once'), from('once', key))
    expect(await handle(side.createNode(), send('once'), from('once', key))).to.include({
      kind: 'repeated',
      version: 2,
    })
    const index = side.startIndex()
    await index.progress.reached(await side.log.head())
    expect(await handle(side.createNode(), send('once'), from('once', key))).to.include({
      kind: 'repeated',
      version: 2,
    })
  })

  it('is recorded once when two nodes handle it at the same time', async () => {
    const nodes = [side.createNode(), side.createNode(), side.createNode()]
    await handle(nodes[0]!, create, from('create'))
    const results = await Promise.all(nodes.map((node) => handle(node, send('once'), from('once', key))))
    expect(results.filter(({ kind }) => kind === 'done')).to.have.length(1)
    expect(await typesIn(side.log)).to.deep.equal(['ChatCreated', 'MessageSent'])
  })

  it('is known as a repeat after 10,000 other messages have pushed it out of memory', async () => {
    const node = side.createNode()
    await handle(node, create, from('create'))
    await handle(node, send('once'), from('once', key))
    const others = Array.from({ length: 10_001 }, (_, index) => `other ${index}`)
    // Not all at once: the last of them would wait for the others longer than a command may.
    for (let done = 0; done < others.length; done += 500)
      await Promise.all(others.slice(done, done + 500).map((content) => handle(node, send(content), from(content))))
    const failed = await handle(node, send('once'), from('once', key)).catch((error: unknown) => error)
    expect(failed).to.include({ name: 'CommandFault', code: 'projection-behind' })
    const index = side.startIndex()
    await index.progress.reached(await side.log.head())
    expect(await handle(node, send('once'), from('once', key))).to.include({ kind: 'repeated', version: 2 })
  })

  it('is refused with another body, wherever the first command is found', async () => {
    const node = side.createNode()
    await handle(node, create, from('create'))
    const other = { fingerprint: 'of another body' }
    const reused = { kind: 'rejected', rejection: { code: 'idempotency-key-reused' } }
    const [, twin] = await Promise.all([
      handle(node, send('once'), from('once', key)),
      handle(node, send('else'), from('once', other)),
    ])
    expect(twin).to.deep.equal(reused)
    expect(await handle(node, send('else'), from('once', other))).to.deep.equal(reused)
    await side.startIndex().progress.reached(await side.log.head())
    expect(await handle(side.createNode(), send('else'), from('once', other))).to.deep.equal(reused)
  })

  it('is not remembered when it was refused', async () => {
    const node = side.createNode()
    await handle(node, create, from('create'))
    await handle(node, send('in vain', bob), from('bob', key))
    await handle(node, { type: 'JoinChat', userId: bob }, from('join'))
    expect(await handle(node, send('now', bob), from('bob', key))).to.include({ kind: 'done' })
  })

  it('that may only be a repeat is answered as a repeat, and refused otherwise', async () => {
    const node = side.createNode()
    await handle(node, create, from('create'))
    await handle(node, send('once'), from('once', key))
    const again = { ...from('once', key), onlyRepeat: true as const }
    expect(await handle(node, send('once'), again)).to.include({ kind: 'repeated' })
    const fresh = { ...from('new', key), onlyRepeat: true as const }
    expect(await handle(node, send('new'), fresh)).to.deep.equal({
      kind: 'rejected',
      rejection: { code: 'not-a-repeat' },
    })
  })
})
