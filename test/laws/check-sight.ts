import { expect } from 'chai'
import { positionOf } from './lagging-node.js'
import { naiveChat } from './naive-chat.js'
import { historyOf } from './snapshot-of.js'
import type { Listener } from './story.js'

/** What the history shows is what the rule says of the log, judged version by version; also of each message asked for alone. */
export const sight: Listener = {
  async onLook({ node, viewer, chatId, limit, story }) {
    const position = await positionOf(story.world.side.pool, node.conversations)
    const chat = naiveChat(chatId, await story.eventsUpTo(position))
    const history = (await historyOf(node.queries, chatId, viewer, limit))?.answer ?? null
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
