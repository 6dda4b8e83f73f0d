import { expect } from 'chai'
import { eventually } from '../support/eventually.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { startNode, type RealtimeNode } from './realtime-node.js'

describe('a client that does not read', () => {
  let database: TestDatabase
  let node: RealtimeNode

  before(async () => {
    database = await createTestDatabase()
    node = await startNode(database)
  })
  after(async () => {
    await node[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  it('is cut off, and gets by its cursor exactly what it had not received', async () => {
    const [ada, bob] = [await node.register('Ada'), await node.register('Bob')]
    const chatId = await node.createChat(ada, [bob])
    await node.settled()
    const slow = await node.connect(bob, { [chatId]: 1 })
    const gone = new Promise((resolve) => slow.socket.once('disconnect', resolve))
    const { ws } = slow.socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void; resume(): void } } }
    ws._socket.pause()
    await node.send(chatId, ada, 'first')
    const flood = setInterval(() => {
      for (let count = 0; count < 2_000; count++) slow.socket.emit('nonsense')
    }, 10)
    try {
      await eventually(() => expect(node.connections()).to.equal(0), { timeoutMs: 60_000 })
    } finally {
      clearInterval(flood)
    }
    for (const content of ['second', 'third']) await node.send(chatId, ada, content)
    ws._socket.resume()
    await gone

    const cursor = Math.max(1, ...slow.of('new_message').map(({ payload }) => payload.version))
    const again = await node.connect(bob, { [chatId]: cursor })
    await node.send(chatId, ada, 'fourth')
    await eventually(() => expect(again.of('new_message').at(-1)?.payload.content).to.equal('fourth'))
    const versions = [...slow.of('new_message'), ...again.of('new_message')].map(({ payload }) => payload.version)
    expect(versions).to.deep.equal([2, 3, 4, 5])
  })
}).timeout(240_000)
