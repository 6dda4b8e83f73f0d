import { expect } from 'chai'
import fc from 'fast-check'
import { startNode, type RealtimeNode } from '../realtime/realtime-node.js'
import { createChatClient, type ChatClient } from '../support/chat-client.js'
import { shown } from '../support/client-model.js'
import { eventually } from '../support/eventually.js'
import { createTestDatabase, type TestDatabase } from '../support/test-database.js'
import { openCast, registerPeople } from './cast.js'
import { act, people } from './perform.js'
import { snapshotOf } from './snapshot-of.js'
import { acts, type Act, type NodeIndex } from './steps.js'

type Move =
  | Act
  | { step: 'come'; user: number; node: NodeIndex }
  | { step: 'go'; user: number }
  | { step: 'open'; user: number; chat: number }

const user = fc.nat({ max: people.length - 1 })
const moves: fc.Arbitrary<Move[]> = fc.noBias(
  fc.array(
    fc.oneof(
      { weight: 12, arbitrary: acts },
      {
        weight: 2,
        arbitrary: fc.record({
          step: fc.constant('come' as const),
          user,
          node: fc.constantFrom<NodeIndex>(0, 1),
        }),
      },
      { weight: 1, arbitrary: fc.record({ step: fc.constant('go' as const), user }) },
      {
        weight: 3,
        arbitrary: fc.record({ step: fc.constant('open' as const), user, chat: fc.nat({ max: 2 }) }),
      },
    ),
    { minLength: 1, maxLength: 150, size: 'max' },
  ),
)

describe('clients that connect and disconnect at two nodes', () => {
  let database: TestDatabase
  let nodes: [RealtimeNode, RealtimeNode]

  before(async () => {
    database = await createTestDatabase()
    nodes = [await startNode(database), await startNode(database)]
    await registerPeople(nodes[0].core.run)
  })
  after(async () => {
    for (const node of nodes) await node[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  it('get every version once and in order, and end with the state of a query', async () => {
    await fc.assert(
      fc.asyncProperty(moves, (given) => play(nodes, given)),
      { numRuns: 12 },
    )
  })
}).timeout(240_000)

async function play(nodes: [RealtimeNode, RealtimeNode], given: readonly Move[]): Promise<void> {
  const cast = await openCast(nodes[0].core.run)
  const { chatIds } = cast
  const clients = people.map((userId) =>
    createChatClient({
      userId,
      token: () => nodes[0].token(userId),
      fetch: (chatId) => snapshotOf(nodes[0].core.queries, chatId, userId),
    }),
  )
  try {
    let waiting: Promise<void>[] = []
    for (const move of given) {
      if (move.step !== 'act' || !move.together) {
        await Promise.all(waiting)
        waiting = []
      }
      if (move.step === 'act') waiting.push(act(nodes[move.node].core.run, move, cast))
      else if (move.step === 'come') await clients[move.user]!.connect(nodes[move.node].url)
      else if (move.step === 'go') clients[move.user]!.disconnect()
      else await clients[move.user]!.open(chatIds[move.chat]!)
    }
    await Promise.all(waiting)
    await Promise.all(clients.map((client, index) => client.connect(nodes[index % 2 === 0 ? 1 : 0].url)))
    for (const [index, client] of clients.entries()) await check(nodes[0], client, people[index]!, chatIds)
  } finally {
    for (const client of clients) client.disconnect()
  }
}

async function check({ core }: RealtimeNode, client: ChatClient, userId: string, chatIds: string[]): Promise<void> {
  await core.runners.conversations.progress.reached(await core.log.head(), { timeoutMs: 30_000 })
  for (const chatId of chatIds) {
    const snapshot = await snapshotOf(core.queries, chatId, userId)
    await eventually(() => expect(client.cursor(chatId)).to.equal(snapshot?.chat.version))
    const folded = client.shows(chatId)
    if (folded !== null) expect(shown(folded)).to.deep.equal(snapshot && shown(snapshot))
  }
  expect(client.holes).to.deep.equal([])
}
