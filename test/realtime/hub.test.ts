import { expect } from 'chai'
import { randomUUID } from 'node:crypto'
import { onFailure } from '../support/failure-report.js'
import { chatStream, moderationStream } from '../../src/domain/streams.js'
import type { RecordedEvent } from '../../src/eventstore/event-log.js'
import { createProgress } from '../../src/followers/progress.js'
import type { EventReader } from '../../src/privacy/event-reader.js'
import type { Delivery } from '../../src/realtime/audience.js'
import { createHub, type Hub } from '../../src/realtime/hub.js'
import { createUserCache } from '../../src/realtime/user-cache.js'
import { createRender, type Render } from '../../src/realtime/render.js'
import { chatRoom } from '../../src/realtime/rooms.js'
import { eventually } from '../support/eventually.js'
import { signEvent } from '../support/sign-event.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { createGate } from './gate.js'
import { masterKey, startNode, type RealtimeNode } from './realtime-node.js'

describe('the hub', () => {
  let database: TestDatabase
  let node: RealtimeNode
  let ada: string

  beforeEach(async () => {
    database = await createTestDatabase()
    node = await startNode(database)
    ada = await node.register('Ada')
  })
  afterEach(async () => {
    await node[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  interface Watched extends AsyncDisposable {
    hub: Hub
    /** What went to rooms, by event and version. */
    delivered: [string, number][]
    /** What it decrypted. */
    opened: RecordedEvent[]
    errors: unknown[]
    /** Of the read model, as the hub sees it. */
    progress: ReturnType<typeof createProgress>
  }

  /** A hub on the node's log, whose rooms only take down what they get. */
  async function watch(
    wrap: (render: Render) => Render = (render) => render,
    isOccupied: (room: string) => boolean = () => true,
  ): Promise<Watched> {
    await node.settled()
    const { log, queries } = node.core
    const opened: RecordedEvent[] = []
    const reader: EventReader = {
      ...node.core.reader,
      open(events) {
        opened.push(...events)
        return node.core.reader.open(events)
      },
    }
    const comparePositions = (a: string, b: string): number => log.comparePositions(a, b)
    const progress = createProgress(await log.head(), comparePositions)
    const people = createUserCache({ queries, progress, comparePositions, since: progress.position })
    const delivered: [string, number][] = []
    const errors: unknown[] = []
    const deliver = ({ frame: { event, payload } }: Delivery): void => {
      delivered.push([event, (payload as { version: number }).version])
    }
    const hub = createHub({
      log,
      reader,
      people,
      progress,
      rooms: { isAnyoneConnected: () => isOccupied(''), isOccupied, deliver },
      render: wrap(createRender({ people, queries })),
      onDelivered: () => undefined,
      onErased: () => undefined,
      onPresenceSetting: () => undefined,
      report: onFailure((error) => errors.push(error)),
      maxBuffered: 3,
      retryMs: 1,
    })
    return { hub, opened, delivered, errors, progress, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() }
  }

  it('delays events that need the read model until it has them, but not the messages before them', async () => {
    const chatId = await node.createChat(ada, [])
    const early: string[] = []
    await using watched = await watch((render) => (events, signal) => {
      const lacking = events.filter(
        ({ position }) => node.core.log.comparePositions(watched.progress.position, position) < 0,
      )
      early.push(...lacking.map(({ event }) => event.type))
      return render(events, signal)
    })
    await node.send(chatId, ada, 'one')
    await node.run('createChat', { chatType: 'group', participantIds: [], name: null, ...rest }, ada)
    await node.send(chatId, ada, 'two')
    await node.settled()
    await eventually(() => expect(watched.delivered).to.deep.equal([['new_message', 2]]))
    watched.progress.moveTo(await node.core.log.head())
    await eventually(() => expect(watched.delivered).to.have.length(3))
    expect(watched.delivered.slice(1)).to.deep.equal([
      ['chat_created', 1],
      ['new_message', 3],
    ])
    expect(early).to.deep.equal(['MessageSent'])
  })

  it('decrypts only what concerns a socket of this node', async () => {
    const [near, far] = [await node.createChat(ada, []), await node.createChat(ada, [])]
    await using watched = await watch(undefined, (room) => room === chatRoom(near))
    for (const content of ['one', 'two', 'three']) {
      await node.send(far, ada, content)
      await node.send(near, ada, content)
    }
    const head = await node.core.log.head()
    await eventually(() => expect(watched.hub.status().position).to.equal(head))
    expect(watched.delivered).to.have.length(3)
    expect(watched.opened.map(({ stream, type }) => [stream, type])).to.deep.equal(
      Array.from({ length: 3 }, () => [chatStream(near), 'MessageSent']),
    )
  })

  it('renders nothing without an audience', async () => {
    const chatId = await node.createChat(ada, [])
    let rendered = 0
    await using watched = await watch(
      (render) =>
        (...args) => {
          rendered++
          return render(...args)
        },
      () => false,
    )
    await node.send(chatId, ada, 'into the void')
    const head = await node.core.log.head()
    await eventually(() => expect(watched.hub.status().position).to.equal(head))
    expect(rendered).to.equal(0)
  })

  it('keeps no event for a new socket that comes before one being rendered', async () => {
    const chatId = await node.createChat(ada, [])
    const gate = createGate()
    await using watched = await watch((render) => async (...args) => {
      await gate.pass()
      return render(...args)
    })
    const { hub } = watched
    expect(hub.openBuffer().since).to.equal(hub.progress.position)
    await node.send(chatId, ada, 'one')
    await gate.someoneWaits()
    const keeping = hub.openBuffer()
    const end = await node.core.log.head()
    expect(keeping.since).to.equal(end)
    gate.open()
    await hub.progress.reached(end)
    for (let count = 0; count < 5; count++) await node.send(chatId, ada, 'more')
    await hub.progress.reached(await node.core.log.head())
    expect(keeping.hasOverflowed).to.equal(true)
  })

  it('retries what failed, skips nothing and delivers nothing twice', async () => {
    const chatId = await node.createChat(ada, [])
    let failures = 3
    await using watched = await watch((render) => (events, signal) => {
      if (failures-- > 0) return Promise.reject(new Error('away'))
      return render(events, signal)
    })
    for (let count = 0; count < 3; count++) await node.send(chatId, ada, 'hello')
    await eventually(() => expect(watched.delivered.map(([, version]) => version)).to.deep.equal([2, 3, 4]))
    expect(watched.errors).to.have.length(1)
    expect(watched.hub.status()).to.include({ status: 'live', reason: null })
  })

  const appendNewer = (stream: string, version: number) =>
    node.core.log.append(stream, version, [signEvent(masterKey, stream, version + 1, newer())])

  it('delivers what comes before an event of a later release, and stops there', async () => {
    const chatId = await node.createChat(ada, [])
    const gate = createGate()
    await using watched = await watch((render) => async (...args) => {
      await gate.pass()
      return render(...args)
    })
    await node.send(chatId, ada, 'one')
    await gate.someoneWaits()
    await node.send(chatId, ada, 'two')
    await appendNewer(chatStream(chatId), 3)
    await appendNewer(chatStream(randomUUID()), 0)
    gate.open()
    await eventually(() => expect(watched.hub.status().reason).to.contain('ChatPainted'))
    expect(watched.hub.status().status).to.equal('failing')
    expect(watched.delivered).to.deep.equal([
      ['new_message', 2],
      ['new_message', 3],
    ])
  })

  it('stops at an event of a later release also in a stream that sockets do not receive, as every reader of that stream does', async () => {
    await using watched = await watch()
    const { position } = await appendNewer(moderationStream(randomUUID()), 0)
    await eventually(() => expect(watched.hub.status().reason).to.contain('ChatPainted'))
    expect(watched.hub.status().status).to.equal('failing')
    expect(node.core.log.comparePositions(watched.hub.status().position, position)).to.be.below(0)
  })
}).timeout(240_000)

const newer = () => ({
  id: randomUUID(),
  type: 'ChatPainted',
  data: '{"colour":"red"}',
  metadata: JSON.stringify({ schemaVersion: 1, at: new Date().toISOString(), commandId: randomUUID(), mac: '' }),
})

const rest = { historyVisibility: 'full', joinPolicy: 'invite', imported: false } as const
