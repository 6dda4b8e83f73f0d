import { expect } from 'chai'
import { positionOf } from './lagging-node.js'
import { naiveChat } from './naive-chat.js'
import { historyOf } from './snapshot-of.js'
import type { Listener } from './story.js'

const ANYONE = { senderId: null, from: null, to: null, order: 'latest' } as const

/** What the history shows is what the rule says of the log, judged version by version; also of each message asked for alone, and of what is searched for, typed right or wrong. */
export const visibility: Listener = {
  async onLook({ node, viewer, chatId, limit, story }) {
    const position = await positionOf(story.world.side.pool, node.conversations)
    const chat = naiveChat(chatId, await story.eventsUpTo(position))
    const history = (await historyOf(node.queries, chatId, viewer, limit))?.answer ?? null
    if (!chat.roles.has(viewer)) {
      expect(history).to.equal(null)
      expect(await node.queries.search(viewer, { ...ANYONE, query: 'text', chatId }, 200, null)).to.equal(null)
      return
    }
    const inSight = chat.messages.filter(({ sentVersion }) => chat.sees(viewer, sentVersion))
    expect(
      history?.map(({ id, seq, content, deletedAt }) => ({ id, seq, content, deleted: deletedAt !== null })),
    ).to.deep.equal(inSight.map(({ id, seq, content, deleted }) => ({ id, seq, content, deleted })))
    const said = inSight.filter(({ deleted }) => !deleted).map(({ id }) => id)
    const found = await node.queries.search(
      viewer,
      { ...ANYONE, query: limit % 2 === 0 ? 'text' : 'txet', chatId },
      200,
      null,
    )
    expect(found?.items.map(({ message }) => message.id)).to.have.members(said)
    for (const { id, sentVersion, content } of chat.messages) {
      const alone = await node.queries.message(chatId, id, viewer)
      if (!chat.sees(viewer, sentVersion)) expect(alone).to.equal(null)
      else expect(alone?.answer.content).to.equal(content)
    }
  },
}
