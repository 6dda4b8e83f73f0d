import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { createGate } from './gate.js'
import { startNode, type Client, type Payload, type RealtimeNode } from './realtime-node.js'

describe('a flood of client events', () => {
  let database: TestDatabase
  let node: RealtimeNode
  let gate: ReturnType<typeof createGate>
  let ada: string
  let bob: string
  let chatId: string

  beforeEach(async () => {
    database = await createTestDatabase()
    gate = createGate()
    node = await startNode(database, {
      inboundBounds: { perKey: 2, waitingPerKey: 3, inAll: 4, waitingInAll: 4 },
      renderSentMessage: (render) => (result, of, viewer) => gate.pass().then(() => render(result, of, viewer)),
    })
    ;[ada, bob] = [await node.register('Ada'), await node.register('Bob')]
    chatId = await node.createChat(ada, [bob])
  })
  afterEach(async () => {
    gate.open()
    await node[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const send = (client: Client, count: number): Promise<Payload>[] =>
    Array.from({ length: count }, (_, n) => client.ask('send_message', { chatId, content: `message ${n}` }))

  async function refusalsOf(answers: readonly Promise<Payload>[], count: number): Promise<Payload[]> {
    const refused: Payload[] = []
    for (const answer of answers) void answer.then((ack) => (ack.ok ? undefined : refused.push(ack)))
    await eventually(() => expect(refused).to.have.length(count))
    return refused
  }

  it('of one socket is refused beyond its bound, while the events of others are answered', async () => {
    const [adas, bobs] = [await node.connect(ada), await node.connect(bob)]
    const flood = send(adas, 9)
    const refused = await refusalsOf(flood, 4)
    for (const { error } of refused) expect(error).to.include({ status: 503, code: 'too-busy', retryAfterSeconds: 1 })
    expect((await bobs.ask('typing', { chatId })).ok).to.equal(true)
    gate.open()
    expect((await Promise.all(flood)).filter(({ ok }) => ok)).to.have.length(5)
    expect((await Promise.all(send(adas, 5))).map(({ ok }) => ok)).to.deep.equal([true, true, true, true, true])
  })

  it('of many sockets is refused beyond the bound of the node, and all is answered afterwards', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => node.connect(ada)))
    const floods = clients.flatMap((client) => send(client, 4))
    await refusalsOf(floods, 8)
    const [client] = clients
    expect((await client?.ask('typing', { chatId }))?.error.code).to.equal('too-busy')
    gate.open()
    expect((await Promise.all(floods)).filter(({ ok }) => ok)).to.have.length(8)
    expect((await client?.ask('typing', { chatId }))?.ok).to.equal(true)
  })
}).timeout(240_000)
