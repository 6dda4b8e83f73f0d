import { expect } from 'chai'
import { moderationStream } from '../../src/domain/streams.js'
import { onEachLog } from '../support/event-logs.js'
import { createAgedChat, marks, marksIn, OLD, type AgedChat } from './aged-chat.js'

const DAY_MS = 24 * 60 * 60_000

onEachLog('a message past the retention of its chat', function (kind) {
  let aged: AgedChat

  before(async () => {
    aged = await createAgedChat(kind)
    // keeps the keys, so that what hides a message is its age alone
    const hold = { token: aged.admin.token, body: { reason: 'Case 7' } }
    expect((await aged.parley.call('PUT', `/holds/user/${aged.bob.id}`, hold)).status).to.equal(204)
  })
  after(() => aged[Symbol.asyncDispose]())
  /** Those that show any of the texts. */
  async function waysToRead(): Promise<string[]> {
    const found: string[] = []
    for (const [way, reading] of Object.entries(aged.readings)) if (marksIn(await reading()).length > 0) found.push(way)
    return found
  }
  const message = async (id: string) =>
    (await aged.club.call(aged.bob, 'GET', `/messages/${id}`)).body as Record<string, unknown>

  it('is shown by every way of reading while the chat keeps messages', async () => {
    expect(await waysToRead()).to.deep.equal(Object.keys(aged.readings))
  })

  it('is shown up to the last moment', async () => {
    expect(await aged.setRetention(60)).to.equal(204)
    expect((await message(aged.oldId))['content']).to.include(marks.content)
    aged.setTime(new Date(OLD.getTime() + 60 * DAY_MS + 1))
    expect((await message(aged.oldId))['content']).to.equal(null)
  })

  it('shows nothing of it by any way of reading', async () => {
    expect(await aged.setRetention(30)).to.equal(204)
    expect(await waysToRead()).to.deep.equal([])
  })

  it('shows as erased, and the fresh message as before but for its quote', async () => {
    expect(await message(aged.oldId)).to.deep.include({
      content: null,
      contentHtml: null,
      metadata: null,
      replyTo: null,
      linkPreviews: [],
      mentions: [],
      mentionsAll: false,
      clientMessageId: null,
      type: 'text',
    })
    expect(await message(aged.freshId)).to.deep.include({
      content: 'fresh words',
      replyTo: { id: aged.oldId, seq: 1, senderName: null, excerpt: null },
    })
  })

  it('cannot be edited: its text would show nowhere', async () => {
    const { status, body } = await aged.club.call(aged.ada, 'PATCH', `/messages/${aged.oldId}`, { content: 'again' })
    expect([status, (body as { code: string }).code]).to.deep.equal([409, 'message-expired'])
  })

  it('is shown again where the chat keeps messages for longer, while its key is there', async () => {
    expect(await aged.setRetention(null)).to.equal(204)
    expect(await waysToRead()).to.deep.equal(Object.keys(aged.readings))
  })

  it('is set by admins of the installation alone, for a chat that exists, and each change is recorded once', async () => {
    expect(await aged.setRetention(30, aged.bob)).to.equal(403)
    const nowhere = '/chats/00000000-0000-4000-8000-000000000000/retention'
    const { token } = aged.admin
    const { status, body } = await aged.parley.call('PUT', nowhere, { token, body: { days: 30 } })
    expect([status, (body as { code: string }).code]).to.deep.equal([404, 'chat-not-found'])
    for (const days of [0, -1, 1.5, 36_501, '30', undefined])
      expect((await aged.club.call(aged.admin, 'PUT', '/retention', { days })).status, String(days)).to.equal(400)
    await aged.setRetention(90)
    await aged.setRetention(90)
    const events = await aged.parley.app.core.log.readStream(moderationStream(aged.club.id), { limit: 100 })
    const changes = events.filter(({ type }) => type === 'ChatRetentionChanged')
    const by = aged.admin.id
    expect(changes.map(({ data }) => JSON.parse(data) as object)).to.deep.equal(
      [60, 30, null, 90].map((days) => ({ by, days })),
    )
  })
})
