import { expect } from 'chai'
import type { Frame } from '../../src/realtime/frames.js'
import { positionOf } from './lagging-node.js'
import { naiveChat } from './naive-chat.js'
import type { Listener, Look } from './story.js'

/** Pages of the chat's events from a version on, as they come one after the other; null for an outsider. */
export async function framesAfter({ node, chatId, viewer, limit }: Look, after: number): Promise<Frame[] | null> {
  const frames: Frame[] = []
  for (let cursor = after, more = true; more;) {
    const page = await node.pastFrames(chatId, viewer, cursor, limit)
    if (page === null) return null
    frames.push(...page.frames)
    expect(page.version).to.equal(lastOf(page.frames) ?? Math.max(cursor, page.version))
    cursor = page.version
    more = page.more
  }
  return frames
}

interface Versioned {
  chatId: string
  version: number
  fromVersion?: number
}

const lastOf = (frames: readonly Frame[]): number | undefined =>
  (frames.at(-1)?.payload as Versioned | undefined)?.version

/** From every place, whatever the page, each version comes once and in order, as itself or as `skipped`. */
export const seamless: Listener = {
  async onLook(look) {
    const { node, viewer, chatId, limit, story } = look
    const position = await positionOf(story.world.side.pool, node.conversations)
    const chat = naiveChat(chatId, await story.eventsUpTo(position))
    const cursor = limit % 2 === 0 ? 0 : Math.floor((chat.version * limit) / 9)
    const frames = await framesAfter(look, cursor)
    if (!chat.roles.has(viewer)) {
      expect(frames).to.equal(null)
      return
    }
    let version = cursor
    for (const { event, payload } of frames ?? []) {
      const of = payload as Versioned
      expect(of.chatId).to.equal(chatId)
      expect(of.fromVersion ?? of.version, event).to.equal(version + 1)
      version = of.version
    }
    expect(version).to.equal(Math.max(cursor, chat.version))
    const seqs = chat.messages.map(({ seq }) => seq)
    expect(seqs).to.deep.equal(seqs.map((_, index) => index + 1))
  },
}
