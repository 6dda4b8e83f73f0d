import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { createGate } from './gate.js'
import { startNode, type Client, type Payload, type RealtimeNode } from './realtime-node.js'

describe('resuming by cursors', () => {
  let database: TestDatabase
  let node: RealtimeNode
  let ada: string
  let bob: string

  before(async () => {
    database = await createTestDatabase()
    node = await startNode(database)
    ada = await node.register('Ada')
    bob = await node.register('Bob')
  })
  after(async () => {
    await node[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  /** What a client received of a chat: event, and the versions that it covers. */
  const story = (client: Client, chatId: string): [string, number, number][] =>
    client.received.flatMap(({ event, payload }) => {
      const { version } = payload as Partial<Payload>
      return payload.chatId === chatId && version !== undefined
        ? [[event, payload.fromVersion ?? version, version]]
        : []
    })

  it('delivers missed events in order, then `ready`, then new events', async () => {
    const chatId = await node.createChat(ada, [bob])
    for (const content of ['one', 'two', 'three']) await node.send(chatId, ada, content)
    await node.settled()
    const client = await node.connect(bob, { [chatId]: 2 })
    await node.send(chatId, ada, 'four')
    await eventually(() => expect(client.of('new_message')).to.have.length(3))
    expect(client.received.map(({ event, payload }) => [event, payload.content])).to.deep.equal([
      ['new_message', 'two'],
      ['new_message', 'three'],
      ['ready', undefined],
      ['new_message', 'four'],
    ])
  })

  it('sends `skipped` for events outside a membership, on sockets and in the event history alike', async () => {
    const chatId = await node.createChat(ada, [bob], { historyVisibility: 'since-joined' })
    await node.send(chatId, ada, 'seen')
    await node.run('removeParticipant', { chatId, userId: bob }, ada)
    for (const content of ['unseen', 'unseen too']) await node.send(chatId, ada, content)
    await node.settled()
    expect(await node.pastFrames(chatId, bob, 0, 50)).to.equal(null)
    await node.run('addParticipants', { chatId, userIds: [bob], role: 'member' }, ada)
    await node.settled()
    const client = await node.connect(bob, { [chatId]: 0 })
    expect(story(client, chatId)).to.deep.equal([
      ['chat_created', 1, 1],
      ['new_message', 2, 2],
      ['participant_removed', 3, 3],
      ['skipped', 4, 5],
      ['participant_joined', 6, 6],
    ])
    const received = client.received.filter(({ payload }) => payload.chatId === chatId)
    const page = await node.pastFrames(chatId, bob, 0, 50)
    expect(page).to.deep.equal({ frames: received, version: 6, more: false })
    const first = await node.pastFrames(chatId, bob, 0, 4)
    expect(first).to.deep.include({ version: 4, more: true })
    const rest = await node.pastFrames(chatId, bob, first?.version ?? 0, 4)
    expect(rest?.frames[0]).to.deep.equal({ event: 'skipped', payload: { chatId, fromVersion: 5, version: 5 } })
    expect(await node.pastFrames(chatId, bob, 6, 4)).to.deep.equal({ frames: [], version: 6, more: false })
  })

  it('delivers nothing of a chat that the user has left', async () => {
    const chatId = await node.createChat(ada, [bob])
    await node.run('removeParticipant', { chatId, userId: bob }, ada)
    await node.settled()
    const client = await node.connect(bob, { [chatId]: 0 })
    expect(story(client, chatId)).to.deep.equal([])
    expect((await client.first('ready')).payload.chats).to.not.have.property(chatId)
  })

  it('sends `resync` to a client that is too far behind', async () => {
    const far = await node.createChat(ada, [bob])
    await Promise.all(Array.from({ length: 1_001 }, (_, index) => node.send(far, ada, `message ${index}`)))
    await node.settled()
    const client = await node.connect(bob, { [far]: 1 })
    expect(client.of('resync').map(({ payload }) => payload)).to.deep.equal([{ chatId: far, version: 1_002 }])
    const near = await node.connect(bob, { [far]: 2 })
    expect(near.of('new_message')).to.have.length(1_000)
  }).timeout(240_000)

  it('sends `resync` as far behind as the configuration says, chat by chat', async () => {
    const [far, near] = [await node.createChat(ada, [bob]), await node.createChat(ada, [bob])]
    for (const content of ['one', 'two', 'three']) await node.send(far, ada, content)
    for (const content of ['one', 'two']) await node.send(near, ada, content)
    await node.settled()
    await using strict = await startNode(database, { maxMissed: 2 })
    const client = await strict.connect(bob, { [far]: 1, [near]: 1 })
    expect(story(client, far)).to.deep.equal([['resync', 4, 4]])
    expect(story(client, near).map(([event]) => event)).to.deep.equal(['new_message', 'new_message'])
    await node.send(far, ada, 'four')
    await eventually(() => expect(story(client, far).at(-1)).to.deep.equal(['new_message', 5, 5]))
  })

  describe('a cursor above the chat’s version', () => {
    const refusals = (client: Client) =>
      client.of('error').map(({ payload: { code, chatId, version } }) => ({ code, chatId, version }))

    it('is refused by name, and the socket has everything else, and the chat from there on', async () => {
      const [ahead, behind] = [await node.createChat(ada, [bob]), await node.createChat(ada, [bob])]
      await node.send(behind, ada, 'missed')
      await node.settled()
      const client = await node.connect(bob, { [ahead]: 7, [behind]: 1 })
      expect(refusals(client)).to.deep.equal([{ code: 'cursor-ahead', chatId: ahead, version: 1 }])
      expect(story(client, behind)).to.deep.equal([['new_message', 2, 2]])
      expect((await client.first('ready')).payload.chats).to.have.property(ahead)
      await node.send(ahead, ada, 'live')
      await eventually(() => expect(client.of('new_message').at(-1)?.payload).to.include({ chatId: ahead, version: 2 }))
    })

    it('is refused in the same way by `sync`', async () => {
      const [ahead, behind] = [await node.createChat(ada, [bob]), await node.createChat(ada, [bob])]
      await node.send(behind, ada, 'missed')
      await node.settled()
      const client = await node.connect(bob)
      const answer = await client.ask('sync', { cursors: { [ahead]: 7, [behind]: 1 } })
      expect(answer).to.deep.equal({ ok: true, behind: { [behind]: 1 } })
      await eventually(() => expect(story(client, behind)).to.deep.equal([['new_message', 2, 2]]))
      expect(refusals(client)).to.deep.equal([{ code: 'cursor-ahead', chatId: ahead, version: 1 }])
      await node.send(ahead, ada, 'live')
      await eventually(() => expect(client.of('new_message').at(-1)?.payload).to.include({ chatId: ahead, version: 2 }))
    })
  })

  it('repeats nothing for a client of a node that was further ahead, but catches up first', async () => {
    const chatId = await node.createChat(ada, [bob])
    await node.settled()
    const older = await node.core.queries.chatMemberships([bob])
    for (const content of ['one', 'two']) await node.send(chatId, ada, content)
    await node.settled()
    const answers = [older]
    const behind = await startNode(database, {
      queries: (queries) => ({
        ...queries,
        chatMemberships: async (viewers) => answers.shift() ?? queries.chatMemberships(viewers),
      }),
    })
    try {
      const client = await behind.connect(bob, { [chatId]: 2 })
      expect(story(client, chatId)).to.deep.equal([['new_message', 3, 3]])
      expect(answers).to.deep.equal([])
    } finally {
      await behind[Symbol.asyncDispose]()
    }
  })

  it('answers `sync` on a live socket, without a gap in other chats', async () => {
    const [one, two] = [await node.createChat(ada, [bob]), await node.createChat(ada, [bob])]
    for (const chatId of [one, two]) await node.send(chatId, ada, 'before')
    await node.settled()
    const client = await node.connect(bob)
    const sending = Promise.all(Array.from({ length: 50 }, () => node.send(two, ada, 'meanwhile')))
    expect(await client.ask('sync', { cursors: { [one]: 0 } })).to.deep.equal({ ok: true, behind: { [one]: 2 } })
    await sending
    await node.send(one, ada, 'after')
    await eventually(() => expect(story(client, two)).to.have.length(50))
    await eventually(() => expect(story(client, one)).to.have.length(3))
    expect(story(client, one).map(([, version]) => version)).to.deep.equal([1, 2, 3])
    expect(story(client, two).map(([, version]) => version)).to.deep.equal(
      Array.from({ length: 50 }, (_, at) => at + 3),
    )
  })

  it('sends `resync` when more events arrive than the buffer holds', async () => {
    const gate = createGate()
    const busy = await startNode(database, {
      maxBuffered: 5,
      queries: (queries) => ({
        ...queries,
        chatMemberships: (viewers) => gate.pass().then(() => queries.chatMemberships(viewers)),
      }),
    })
    try {
      const chatId = await node.createChat(ada, [bob])
      const connecting = busy.connect(bob, { [chatId]: 0 })
      await gate.someoneWaits()
      for (let count = 0; count < 10; count++) await node.send(chatId, ada, 'too much')
      const head = await node.core.log.head()
      await eventually(() => expect(busy.realtime.status().position).to.equal(head))
      gate.open()
      const client = await connecting
      await node.send(chatId, ada, 'afterwards')
      await eventually(() => expect(client.of('new_message').at(-1)?.payload.content).to.equal('afterwards'))
      expect(story(client, chatId).slice(-2)).to.deep.equal([
        ['resync', 11, 11],
        ['new_message', 12, 12],
      ])
    } finally {
      await busy[Symbol.asyncDispose]()
    }
  })

  it('never leaves a gap nor delivers an event twice, whenever a client connects to whichever node', async () => {
    const other = await startNode(database)
    try {
      const chatId = await node.createChat(ada, [bob])
      const cleo = await node.register('Cleo')
      const work = (async () => {
        for (let round = 0; round < 25; round++) {
          await Promise.all(Array.from({ length: 8 }, (_, index) => node.send(chatId, ada, `${round}.${index}`)))
          await node.run('addParticipants', { chatId, userIds: [cleo], role: 'member' }, ada)
          await other.send(chatId, cleo, 'here')
          await other.run('leaveChat', { chatId }, cleo)
        }
      })()
      const working = { now: true }
      void work.finally(() => (working.now = false))
      const seen: number[] = [1]
      for (let visit = 0; working.now; visit++) {
        const client = await (visit % 2 === 0 ? node : other).connect(bob, { [chatId]: seen.at(-1) ?? 0 })
        await eventually(() => expect(!working.now || story(client, chatId).length > 7).to.equal(true))
        client.socket.disconnect()
        seen.push(...story(client, chatId).map(([, version]) => version))
      }
      await work
      await node.settled()
      const last = await node.connect(bob, { [chatId]: seen.at(-1) ?? 0 })
      seen.push(...story(last, chatId).map(([, version]) => version))
      expect(seen).to.deep.equal(Array.from({ length: 1 + 25 * 11 }, (_, at) => at + 1))
    } finally {
      await other[Symbol.asyncDispose]()
    }
  }).timeout(240_000)

  it('delivers exactly the events of each membership to a user who joins and leaves, whenever they connect', async () => {
    const chatId = await node.createChat(ada, [], { historyVisibility: 'since-joined' })
    const clients: Client[] = []
    for (let round = 0; round < 20; round++) {
      const connecting = node.connect(bob)
      await node.run('addParticipants', { chatId, userIds: [bob], role: 'member' }, ada)
      await node.send(chatId, ada, 'inside')
      await node.run('removeParticipant', { chatId, userId: bob }, ada)
      await node.send(chatId, ada, 'secret')
      clients.push(await connecting)
    }
    await eventually(() => expect(clients[0]?.of('participant_removed').length).to.be.at.least(19))
    for (const client of clients) {
      const contents = client.of('new_message').map(({ payload }) => payload.content)
      expect(contents).to.not.include('secret')
    }
  }).timeout(240_000)
}).timeout(240_000)
