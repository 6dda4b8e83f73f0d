import { expect } from 'chai'
import { renderContent } from '../../src/content/render-content.js'
import { createReplay, type Replay, type ReplayedChat } from '../../src/replay/replay.js'
import type { ChatSnapshot } from '../support/client-model.js'
import type { WriteSide } from '../support/write-side.js'
import { snapshotOf } from './snapshot-of.js'
import type { Listener, Story } from './story.js'

/** What a client saw of a chat when it was at a version. */
interface Seen {
  chatId: string
  version: number
  snapshot: ChatSnapshot
}

const replayOn = ({ pool, log, reader }: WriteSide): Replay =>
  createReplay({
    pool,
    log,
    reader,
    render: renderContent,
    readSkipped: () => Promise.resolve(new Set()),
    clock: () => new Date(),
  })

/** Replay at a version is what live clients saw at it: ids, order, members, pins, and texts or that they are gone. */
export function replays(): Listener {
  const seen = new WeakMap<Story, Seen[]>()
  return {
    async onLook({ node, viewer, chatId, story }) {
      const snapshot = await snapshotOf(node.queries, chatId, viewer)
      if (snapshot === null) return
      const { version } = snapshot.chat
      seen.set(story, [...(seen.get(story) ?? []), { chatId, version, snapshot }])
    },
    async atEnd(story) {
      const replay = replayOn(story.world.side)
      for (const { chatId, version, snapshot } of seen.get(story) ?? [])
        expectSeen(await replayChat(replay, { chatId, version }), snapshot)
    },
  }
}

/** A chat at a version, page by page from the latest back; each message once, without a gap. */
export async function replayChat(
  replay: Replay,
  { chatId, version, limit = 3 }: { chatId: string; version: number; limit?: number },
): Promise<ReplayedChat> {
  const messages: ReplayedChat['messages'] = []
  for (;;) {
    const before = messages[0]?.seq
    const page = { messages: before === undefined ? null : { before }, limit, participantsAfter: null }
    const replayed = await replay.chat(chatId, { version }, page)
    if (replayed.kind === 'rejected') throw new Error(replayed.code)
    messages.unshift(...replayed.answer.messages)
    if (replayed.answer.older) continue
    expect(messages.map(({ seq }) => seq)).to.deep.equal(messages.map((_, index) => index + 1))
    expect(messages).to.have.length(replayed.answer.chat.lastSeq)
    return { ...replayed.answer, messages }
  }
}

/** The replayed chat is what a client saw in a snapshot of it. */
export function expectSeen(replayed: ReplayedChat, snapshot: ChatSnapshot): void {
  expect(ofReplay(replayed, snapshot)).to.deep.equal(ofClient(snapshot))
}

/** Messages that the client could not see are left out: they are the auditor's alone. */
const ofReplay = ({ chat, participants, messages, pins }: ReplayedChat, { messages: visible }: ChatSnapshot) => {
  const ids = new Set(visible.answer.map(({ id }) => id))
  return {
    chat: settings(chat),
    participants: participants.map(({ id, name, role, joinedAt }) => ({ id, name, role, joinedAt })),
    messages: messages.filter(({ id }) => ids.has(id)).map(shown),
    pins: pins.map(({ messageId }) => messageId).filter((id) => ids.has(id)),
  }
}

const ofClient = ({ chat, participants, messages, pins }: ChatSnapshot) => ({
  chat: settings(chat.answer),
  participants: participants.answer.map(({ id, name, role, joinedAt }) => ({ id, name, role, joinedAt })),
  messages: messages.answer.map(shown),
  pins: pins.answer,
})

type Settings = ChatSnapshot['chat']['answer']

/** A direct chat has no name of its own: each user sees the other's. */
const settings = ({ historyVisibility, joinPolicy, archivedAt }: Settings) => ({
  historyVisibility,
  joinPolicy,
  archivedAt,
})

/** What a quote shows depends on what its reader may see. */
const shown = ({ replyTo, ...message }: ReplayedChat['messages'][number]) => ({ ...message, quoted: replyTo?.id })
