import { expect } from 'chai'
import type { ConversationQueries as Queries } from '../../src/projections/conversations/conversation-queries.js'
import { foldAll, fromSnapshot, shown, type ClientChat } from '../support/client-model.js'
import { framesAfter } from './check-seamless.js'
import { snapshotOf } from './snapshot-of.js'
import type { Listener, Story } from './story.js'

/** A snapshot and the events above it are a later snapshot: each client carries on what it took once, at whatever node it asks. */
export function snapshots(): Listener {
  const clients = new WeakMap<Story, Map<string, ClientChat>>()
  return {
    async onLook(look) {
      const { node, nodes, viewer, chatId, limit, story } = look
      const held = clients.get(story) ?? new Map<string, ClientChat>()
      clients.set(story, held)
      const key = `${viewer} ${chatId}`
      const known = held.get(key)
      const chatMembership = await node.queries.chatMembership(chatId, viewer)
      if (known === undefined) {
        const [one, two, three] = nodes.map(({ queries }) => queries) as [Queries, Queries, Queries]
        const from = { participantsAt: two, messagesAt: three, pinsAt: two, limit }
        const snapshot = await snapshotOf(one, chatId, viewer, from)
        if (snapshot !== null) held.set(key, fromSnapshot(snapshot))
        return
      }
      if (chatMembership === null || chatMembership.version < known.cursor) return
      const folded = foldAll(known, (await framesAfter(look, known.cursor)) ?? [], viewer)
      held.delete(key)
      if (!folded.isIn) return
      held.set(key, folded)
      // A part that came from the other node may be ahead still.
      const { chat, participants, messages, pins } = folded
      if ([chat, participants, messages, pins].some(({ version }) => version > chatMembership.version)) return
      const now = await snapshotOf(node.queries, chatId, viewer)
      expect(shown(folded)).to.deep.equal(now && shown(now))
    },
  }
}
