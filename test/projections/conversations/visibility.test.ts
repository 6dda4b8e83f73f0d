import { expect } from 'chai'
import type { ConversationQueries } from '../../../src/projections/conversations/conversation-queries.js'
import type { Runner } from '../../../src/projections/engine/runner.js'
import { alice, bob, carol, openReadSide, type ReadSide } from '../read-side.js'

describe('what users see of their conversations', () => {
  let read: ReadSide
  let runner: Runner
  let queries: ConversationQueries

  beforeEach(async () => {
    read = await openReadSide()
    runner = await read.start()
    queries = await read.queries()
  })

  afterEach(() => read[Symbol.asyncDispose]())

  async function contents(chatId: string, viewer: string): Promise<(string | null)[] | null> {
    await read.caughtUp(runner)
    const found = await queries.messages(chatId, viewer, { latest: true }, 50)
    return found && found.answer.messages.map(({ content }) => content)
  }

  async function listed(viewer: string) {
    await read.caughtUp(runner)
    const { items } = await queries.chats(viewer, 50, null)
    return items[0]
  }

  describe('with a since-joined history', () => {
    const add = (chatId: string) => read.run('addParticipants', { chatId, userIds: [bob], role: 'member' }, alice)
    let chatId: string
    let ids: string[]

    beforeEach(async () => {
      chatId = await read.createGroup([], 'since-joined')
      ids = [await read.send(chatId, 'before')]
      await add(chatId)
      ids.push(await read.send(chatId, 'while'))
      await read.run('leaveChat', { chatId }, bob)
      ids.push(await read.send(chatId, 'between'))
      await add(chatId)
    })

    it('shows no messages from before joining, nor between leaving and joining again', async () => {
      await read.send(chatId, 'after')
      expect(await contents(chatId, bob)).to.deep.equal(['while', 'after'])
      expect(await contents(chatId, alice)).to.deep.equal(['before', 'while', 'between', 'after'])
    })

    it('does not find a hidden message by its id either', async () => {
      await read.caughtUp(runner)
      const found = await Promise.all(ids.map((id) => queries.message(chatId, id, bob)))
      expect(found.map((message) => message && message.answer.content)).to.deep.equal([null, 'while', null])
    })

    it('takes the last visible message for the chat list', async () => {
      expect(await listed(bob)).to.include({ lastMessage: 'while', lastMessageSenderName: 'Alice' })
      expect(await listed(alice)).to.include({ lastMessage: 'between' })
    })

    it('pages over hidden messages, and does not count them as older', async () => {
      await read.send(chatId, 'after')
      await read.caughtUp(runner)
      const last = await queries.messages(chatId, bob, { latest: true }, 1)
      expect(last?.answer).to.include({ older: true, newer: false })
      const first = await queries.messages(chatId, bob, { before: last!.answer.messages[0]!.seq }, 1)
      expect(first?.answer.messages.map(({ content }) => content)).to.deep.equal(['while'])
      expect(first?.answer).to.include({ older: false, newer: true })
    })

    it('counts messages sent while a user was away as read', async () => {
      expect(await listed(bob)).to.include({ unreadCount: 0, readSeq: 3 })
      await read.send(chatId, 'after')
      expect(await listed(bob)).to.include({ unreadCount: 1 })
    })
  })

  it('shows the whole history to users who join a chat with full history', async () => {
    const chatId = await read.createGroup([])
    await read.send(chatId, 'before')
    await read.run('joinChat', { chatId }, bob)
    expect(await contents(chatId, bob)).to.deep.equal(['before'])
  })

  it('shows nothing of a chat to users who do not take part, or have left', async () => {
    const chatId = await read.createGroup([bob])
    const id = await read.send(chatId, 'Hello Bob!')
    await read.run('leaveChat', { chatId }, bob)
    for (const outsider of [bob, carol]) {
      expect(await contents(chatId, outsider)).to.equal(null)
      expect(await queries.message(chatId, id, outsider)).to.equal(null)
      expect(await queries.chat(chatId, outsider)).to.equal(null)
      expect(await queries.chatMembership(chatId, outsider)).to.equal(null)
      expect((await queries.chats(outsider, 50, null)).items).to.deep.equal([])
    }
  })

  it('counts as unread what others wrote after the marker, which never moves back', async () => {
    const chatId = await read.createGroup([bob])
    for (const content of ['one', 'two', 'three']) await read.send(chatId, content)
    expect(await listed(bob)).to.include({ unreadCount: 3, readSeq: 0 })
    await read.run('markRead', { chatId, seq: 2, unread: false }, bob)
    expect(await listed(bob)).to.include({ unreadCount: 1, readSeq: 2 })
    await read.run('markRead', { chatId, seq: 1, unread: false }, bob)
    expect(await listed(bob)).to.include({ unreadCount: 1, readSeq: 2 })
    await read.run('markRead', { chatId, seq: 99, unread: false }, bob)
    expect(await listed(bob)).to.include({ unreadCount: 0, readSeq: 3 })
  })

  it('names a direct chat after the other user, by their present name', async () => {
    const direct = { chatType: 'direct', participantIds: [bob], name: null, historyVisibility: 'full' } as const
    await read.run('createChat', { ...direct, joinPolicy: 'invite', imported: false }, alice)
    expect(await listed(bob)).to.include({ name: 'Alice' })
    await read.run('changeProfile', { change: { name: 'Bobby' } }, bob)
    expect(await listed(alice)).to.include({ name: 'Bobby' })
  })
})
