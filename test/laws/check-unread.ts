import { expect } from 'chai'
import { positionOf } from './lagging-node.js'
import { naiveChat } from './naive-chat.js'
import type { Listener } from './story.js'

/** How far someone has read and how much is unread: in the chat, in the list and for a socket that comes in. */
export const unread: Listener = {
  async onLook({ node, viewer, chatId, story }) {
    const position = await positionOf(story.world.side.pool, node.conversations)
    const chat = naiveChat(chatId, await story.eventsUpTo(position))
    const expected = chat.roles.has(viewer)
      ? { lastSeq: chat.messages.length, readSeq: chat.readSeq(viewer), unreadCount: chat.unread(viewer) }
      : null
    const counts = (of: { lastSeq: number; readSeq: number; unreadCount: number } | null | undefined) =>
      of ? { lastSeq: of.lastSeq, readSeq: of.readSeq, unreadCount: of.unreadCount } : null
    const { queries } = node
    expect(counts(await queries.chatMembership(chatId, viewer)), 'standing').to.deep.equal(expected)
    expect(counts((await queries.chat(chatId, viewer))?.answer), 'chat').to.deep.equal(expected)
    const { chatsOf } = await queries.chatMemberships([viewer])
    const chats = chatsOf.get(viewer) ?? []
    expect(counts(chats.find((chatMembership) => chatMembership.chatId === chatId)), 'ready').to.deep.equal(expected)
  },
}
