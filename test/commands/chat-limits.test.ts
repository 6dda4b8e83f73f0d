import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { createBotOwners } from '../../src/commands/bot-owners.js'
import { limitChats } from '../../src/commands/chat-limits.js'
import { RateLimitedError } from '../../src/limits/rate-limited-error.js'
import type { Caller, RunCommand } from '../../src/commands/run-command.js'
import { openReadSide, type ReadSide } from '../projections/read-side.js'

describe('the limit of added users', () => {
  let side: ReadSide
  let run: RunCommand
  let ada: string
  let refused: string[]
  const acquaintances = new Set<string>()

  before(async () => {
    side = await openReadSide()
  })
  after(() => side[Symbol.asyncDispose]())

  const register = async (): Promise<string> => {
    const userId = randomUUID()
    await side.run('registerUser', { name: 'Somebody', imported: false }, userId)
    return userId
  }

  beforeEach(async () => {
    ada = await register()
    refused = []
    acquaintances.clear()
    const { stateOf } = side.handler
    run = limitChats(side.runCommand, {
      redis: null,
      stateOf,
      botOwnerOf: createBotOwners(stateOf),
      usersSharingChat: (_, userIds) => Promise.resolve(new Set(userIds.filter((id) => acquaintances.has(id)))),
      onRefused: (limit) => refused.push(limit),
    })
  })

  const caller = (): Caller => ({
    userId: ada,
    origin: 'rest',
    correlationId: randomUUID(),
    key: null,
    client: null,
  })
  const createGroup = (participantIds: string[]) =>
    run(
      'createChat',
      {
        chatType: 'group',
        participantIds,
        name: 'G',
        historyVisibility: 'full',
        joinPolicy: 'invite',
        imported: false,
      },
      caller(),
    )
  /** Who is added need not be somebody else each time: a new group adds them again. */
  const addedTimes = async (userIds: string[], times: number): Promise<number> => {
    let done = 0
    for (let time = 0; time < times; time++) {
      const isDone = await createGroup(userIds).then(
        ({ kind }) => kind === 'done',
        (error: unknown) => {
          if (error instanceof RateLimitedError) return false
          throw error
        },
      )
      if (isDone) done++
    }
    return done
  }

  it('allows 200 users a day without a shared chat', async () => {
    const others = await Promise.all(Array.from({ length: 50 }, register))
    expect(await addedTimes(others, 5)).to.equal(4)
    expect(refused).to.deep.equal(['people-added'])
    expect(await addedTimes([], 1)).to.equal(1)
  })

  it('allows 1,000 users a day with a shared chat in addition', async () => {
    const others = await Promise.all(Array.from({ length: 100 }, register))
    for (const userId of others) acquaintances.add(userId)
    expect(await addedTimes(others, 11)).to.equal(10)
    expect(await addedTimes([await register()], 1)).to.equal(1)
  })

  it('does not count existing members and own bots', async () => {
    const others = await Promise.all(Array.from({ length: 100 }, register))
    const created = await createGroup(others)
    expect(created.kind).to.equal('done')
    const chatId = created.stream.slice('chat-'.length)
    const add = (userIds: string[]) => run('addParticipants', { chatId, userIds, role: 'member' }, caller())
    for (let time = 0; time < 3; time++) expect((await add(others)).kind).to.equal('unchanged')
    const botId = randomUUID()
    await side.run('registerBot', { name: 'Bot', botId }, ada)
    expect((await add([botId])).kind).to.equal('done')
    expect(await addedTimes(others, 2)).to.equal(1)
    expect(await addedTimes([botId], 1)).to.equal(1)
  })
})
