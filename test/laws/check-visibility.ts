import { expect } from 'chai'
import type { ConversationQueries } from '../../src/projections/conversations/conversation-queries.js'
import { positionOf } from './lagging-node.js'
import { naiveChat, type NaiveChat } from './naive-chat.js'
import { historyOf } from './snapshot-of.js'
import type { Listener } from './story.js'

const ANYONE = { senderId: null, from: null, to: null, order: 'latest' } as const

/** What the history shows is what the rule says of the log, judged version by version; also of each message asked for alone, and of what is searched for, typed right or wrong. */
export const visibility: Listener = {
  async onLook({ node, viewer, chatId, limit, story }) {
    const position = await positionOf(story.world.side.pool, node.conversations)
    const chat = naiveChat(chatId, await story.eventsUpTo(position))
    await checkVisibility(node.queries, chatId, { chat, viewer, limit })
  },
}

/** `limit`: messages per page. */
export async function checkVisibility(
  queries: ConversationQueries,
  chatId: string,
  { chat, viewer, limit }: { chat: NaiveChat; viewer: string; limit: number },
): Promise<void> {
  const query = limit % 2 === 0 ? 'text' : 'txet'
  const history = (await historyOf(queries, chatId, viewer, limit))?.answer ?? null
  if (!chat.roles.has(viewer)) {
    expect(history).to.equal(null)
    expect(await queries.search(viewer, { ...ANYONE, query, chatId }, 200, null)).to.equal(null)
    return
  }
  const visible = chat.messages.filter(({ sentVersion }) => chat.sees(viewer, sentVersion))
  expect(
    history?.map(({ id, seq, content, deletedAt }) => ({ id, seq, content, deleted: deletedAt !== null })),
  ).to.deep.equal(visible.map(({ id, seq, content, deleted }) => ({ id, seq, content, deleted })))
  const readable = visible.filter(({ content }) => content !== null).map(({ id }) => id)
  expect(await foundBy(queries, viewer, { query, chatId })).to.have.members(readable)
  for (const { id, sentVersion, content } of chat.messages) {
    const alone = await queries.message(chatId, id, viewer)
    if (!chat.sees(viewer, sentVersion)) expect(alone).to.equal(null)
    else expect(alone?.answer.content).to.equal(content)
  }
}

/** The ids of all messages found, page by page. */
async function foundBy(
  queries: ConversationQueries,
  viewer: string,
  wanted: { query: string; chatId: string },
): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null = null; ;) {
    const page = await queries.search(viewer, { ...ANYONE, ...wanted }, 200, cursor)
    found.push(...(page?.items ?? []).map(({ message }) => message.id))
    if (page?.next == null) return found
    cursor = page.next
  }
}
