import { expect } from 'chai'
import type { MessageView } from '../../src/projections/conversations/views.js'
import { positionOf } from './lagging-node.js'
import { naiveChat } from './naive-chat.js'
import type { Listener, Look } from './story.js'

/** All that someone sees, page by page from the latest back; null for an outsider. */
export async function historyOf({ node, chatId, viewer, limit }: Pick<Look, 'node' | 'chatId' | 'viewer' | 'limit'>) {
  const all: MessageView[] = []
  for (let before: number | null = null; ;) {
    const page = await node.queries.messages(chatId, viewer, before === null ? { latest: true } : { before }, limit)
    if (page === null) return null
    const { messages, older } = page.answer
    all.unshift(...messages)
    if (!older) return all
    before = messages[0]!.seq
  }
}

/** What the history shows is what the rule says of the log, judged version by version; also of each message asked for alone. */
export const sight: Listener = {
  async onLook(look) {
    const { node, viewer, chatId, story } = look
    const position = await positionOf(story.world.side.pool, node.conversations)
    const chat = naiveChat(chatId, await story.eventsUpTo(position))
    const history = await historyOf(look)
    if (!chat.roles.has(viewer)) {
      expect(history).to.equal(null)
      return
    }
    const inSight = chat.messages.filter(({ sentVersion }) => chat.sees(viewer, sentVersion))
    expect(
      history?.map(({ id, seq, content, deletedAt }) => ({ id, seq, content, deleted: deletedAt !== null })),
    ).to.deep.equal(inSight.map(({ id, seq, content, deleted }) => ({ id, seq, content, deleted })))
    for (const { id, sentVersion, content } of chat.messages) {
      const alone = await node.queries.message(chatId, id, viewer)
      if (!chat.sees(viewer, sentVersion)) expect(alone).to.equal(null)
      else expect(alone?.answer.content).to.equal(content)
    }
  },
}
