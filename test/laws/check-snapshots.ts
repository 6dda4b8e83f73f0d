import { expect } from 'chai'
import { foldAll, fromSnapshot, shown, type ChatSnapshot, type ClientChat } from '../support/client-model.js'
import { framesAfter } from './check-seamless.js'
import { historyOf } from './check-sight.js'
import type { LaggingNode } from './lagging-node.js'
import type { Listener, Look, Story } from './story.js'

/** Null where one of them does not take the viewer for a participant. */
async function snapshotOf([one, two, three]: readonly LaggingNode[], look: Look): Promise<ChatSnapshot | null> {
  const { chatId, viewer } = look
  const chat = await one!.queries.chat(chatId, viewer)
  const participants = await two!.queries.participants(chatId, viewer, 200, null)
  const standing = await three!.queries.standing(chatId, viewer)
  const messages = await historyOf({ ...look, node: three! })
  if (chat === null || participants === null || standing === null || messages === null) return null
  return {
    chat,
    participants: { ...participants, answer: participants.answer.items },
    messages: { version: standing.version, answer: messages },
    pins: { version: standing.version, answer: [] },
  }
}

/** A snapshot and the events above it are a later snapshot: each client carries on what it took once, at whatever node it asks. */
export function snapshots(): Listener {
  const clients = new WeakMap<Story, Map<string, ClientChat>>()
  return {
    async onLook(look) {
      const { node, nodes, viewer, chatId, story } = look
      const held = clients.get(story) ?? new Map<string, ClientChat>()
      clients.set(story, held)
      const key = `${viewer} ${chatId}`
      const known = held.get(key)
      const standing = await node.queries.standing(chatId, viewer)
      if (known === undefined) {
        const snapshot = await snapshotOf(nodes, look)
        if (snapshot !== null) held.set(key, fromSnapshot(snapshot))
        return
      }
      if (standing === null || standing.version < known.cursor) return
      const folded = foldAll(known, (await framesAfter(look, known.cursor)) ?? [], viewer)
      held.delete(key)
      if (!folded.isIn) return
      held.set(key, folded)
      // A part that came from the other node may be ahead still.
      if (Math.max(folded.chat.version, folded.participants.version, folded.messages.version) > standing.version) return
      const now = await snapshotOf([node, node, node], look)
      expect(shown(folded)).to.deep.equal(now && shown(now))
    },
  }
}
