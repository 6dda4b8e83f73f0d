import { expect } from 'chai'
import { framesAfter } from './check-seamless.js'
import { positionOf } from './lagging-node.js'
import { naiveChat } from './naive-chat.js'
import { historyOf } from './snapshot-of.js'
import type { Listener } from './story.js'

const ANYWHERE = { senderId: null, from: null, to: null, order: 'latest' } as const

/** What a message no longer says is in nothing that a node gives from then on, and does not lead to it. */
export const forgotten: Listener = {
  async onLook(look) {
    const { node, viewer, chatId, story } = look
    const position = await positionOf(story.world.side.pool, node.conversations)
    const chat = naiveChat(chatId, await story.eventsUpTo(position))
    const dead = chat.messages.flatMap((message) => message.dead)
    const answers = {
      frames: await framesAfter(look, 0),
      history: await historyOf(node.queries, chatId, viewer, look.limit),
      pins: await node.queries.pins(chatId, viewer, 100, null),
      // What was edited may be looked up, as long as it was not deleted.
      edits: await Promise.all(
        chat.messages
          .filter(({ deleted }) => deleted)
          .map(({ id }) => node.queries.edits(chatId, id, viewer, 200, null)),
      ),
      chat: await node.queries.chat(chatId, viewer),
      list: await node.queries.chats(viewer, 200, null),
      single: await Promise.all(chat.messages.map(({ id }) => node.queries.message(chatId, id, viewer))),
    }
    for (const [name, answer] of Object.entries(answers)) {
      const text = JSON.stringify(answer)
      expect(
        dead.filter((each) => text.includes(each) || text.includes(each.replace('<', '&lt;').replace('>', '&gt;'))),
        name,
      ).to.deep.equal([])
    }
    for (const text of dead.slice(-3)) {
      const found = await node.queries.search(viewer, { ...ANYWHERE, query: `"${text}"`, chatId }, 200, null)
      expect(found?.items ?? [], `found by ${text}`).to.deep.equal([])
    }
  },
}
