import { expect } from 'chai'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { startNode, type RealtimeNode } from './realtime-node.js'

const CHATS = 1_000
const AT_ONCE = 50

describe('a user in a thousand chats', () => {
  let database: TestDatabase
  let node: RealtimeNode
  let asked: string[]

  before(async () => {
    database = await createTestDatabase()
    node = await startNode(database, {
      queries: (queries) => {
        const counted = Object.entries(queries).map(([name, query]) => [
          name,
          (...args: never[]) => {
            asked.push(name)
            return (query as (...given: never[]) => unknown)(...args)
          },
        ])
        return Object.fromEntries(counted) as typeof queries
      },
    })
    asked = []
  })
  after(async () => {
    await node[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  it('connects with one query for all chats, and one more for each in which it missed messages', async () => {
    const [ada, bob] = [await node.register('Ada'), await node.register('Bob')]
    const chatIds: string[] = []
    while (chatIds.length < CHATS) {
      const more = Array.from({ length: AT_ONCE }, () => node.createChat(ada, [bob]))
      chatIds.push(...(await Promise.all(more)))
    }
    await node.settled()
    const cursors = Object.fromEntries(chatIds.map((chatId) => [chatId, 1]))
    asked.length = 0
    const first = await node.connect(bob, cursors)
    expect(Object.keys((await first.first('ready')).payload.chats)).to.have.length(CHATS)
    const ofSockets = (): string[] => asked.filter((name) => !name.startsWith('presence'))
    expect(ofSockets()).to.deep.equal(['chatMemberships'])
    first.socket.disconnect()

    const missed = chatIds.slice(0, 3)
    for (const chatId of missed) await node.send(chatId, ada, 'hello')
    await node.settled()
    asked.length = 0
    const second = await node.connect(bob, cursors)
    expect(ofSockets()).to.deep.equal(['chatMemberships', 'pastDetails', 'pastDetails', 'pastDetails'])
    expect(second.of('new_message').map(({ payload }) => payload.chatId)).to.have.members(missed)
  })
}).timeout(480_000)
