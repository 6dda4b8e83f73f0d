import { expect } from 'chai'
import fc from 'fast-check'
import { chatDecider } from '../../../src/domain/chat/chat.js'
import { rangesOf, type Chat } from '../../../src/domain/chat/state.js'
import { chatStream } from '../../../src/domain/streams.js'
import type { ConversationQueries } from '../../../src/projections/conversations/conversation-queries.js'
import type { Runner } from '../../../src/projections/engine/runner.js'
import { isChatEvent } from '../../../src/realtime/frames.js'
import { alice, bob, openReadSide, type ReadSide } from '../read-side.js'

const steps = fc.array(fc.constantFrom('say', 'come', 'go', 'ban', 'unban', 'full', 'since-joined'), { maxLength: 20 })

const inParts = ['come', 'go', 'say', 'full', 'say', 'since-joined', 'say', 'come'] as const

describe('visible ranges, in deciders and in queries', () => {
  let read: ReadSide
  let runner: Runner
  let queries: ConversationQueries

  before(async () => {
    read = await openReadSide()
    runner = await read.start()
    queries = await read.queries()
  })

  after(() => read[Symbol.asyncDispose]())

  /** A step that is refused, as when who is banned would come, changes nothing. */
  async function take(chatId: string, step: string): Promise<unknown> {
    switch (step) {
      case 'say':
        return read.send(chatId, 'hi')
      case 'come':
        return read.run('addParticipants', { chatId, userIds: [bob], role: 'member' }, alice)
      case 'go':
        return read.run('leaveChat', { chatId }, bob)
      case 'ban':
        return read.run('banParticipant', { chatId, userId: bob, reason: null }, alice)
      case 'unban':
        return read.run('unbanParticipant', { chatId, userId: bob }, alice)
      default:
        return read.run('changeChat', { chatId, change: { historyVisibility: step as 'full' | 'since-joined' } }, alice)
    }
  }

  async function folded(chatId: string): Promise<Chat> {
    const opened = await read.side.reader.open(await read.side.log.readStream(chatStream(chatId), { limit: 1_000 }))
    return opened.filter(isChatEvent).reduce((chat, { event }) => chatDecider.evolve(chat, event), chatDecider.initial)
  }

  it('are the same after any sequence of joins, leaves, bans and changes of the setting', async () => {
    let several = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('full' as const, 'since-joined' as const), steps, async (visibility, taken) => {
        const chatId = await read.createGroup([], visibility)
        for (const step of taken) await take(chatId, step).catch(() => undefined)
        await read.caughtUp(runner)
        const chat = await folded(chatId)
        if (chat.status === 'absent') throw new Error('the chat is not there')
        const ranges = rangesOf(chat, bob)
        if (ranges.length > 1) several++
        expect((await queries.chatMembership(chatId, bob))?.ranges ?? []).to.deep.equal(ranges)
      }),
      { numRuns: 60, examples: [['since-joined', [...inParts]]] },
    )
    expect(several, 'chats seen in parts').to.be.greaterThan(0)
  })
})
