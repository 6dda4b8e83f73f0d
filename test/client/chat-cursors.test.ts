import { expect } from 'chai'
import fc from 'fast-check'
import { createChatCursors } from '../../packages/client/src/realtime/chat-cursors.js'
import { fillGap } from '../../packages/client/src/realtime/fill-gap.js'
import type { ChatEvent } from '../../packages/client/src/index.js'
import { uuid } from '../support/uuid.js'

const chatId = uuid('chat')

const pinned = (version: number): ChatEvent => ({
  event: 'message_pinned',
  payload: { chatId, version, messageId: uuid('message') },
})
const skipped = (fromVersion: number, version: number): ChatEvent => ({
  event: 'skipped',
  payload: { chatId, fromVersion, version },
})
const versionsOf = ({ event, payload }: ChatEvent): number[] => {
  const from = event === 'skipped' ? payload.fromVersion : payload.version
  return Array.from({ length: payload.version - from + 1 }, (_, index) => from + index)
}

describe('the cursors of chats', () => {
  it('whatever is lost and whatever comes twice, each version is delivered once and in order', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 4 })),
        fc.integer({ min: 1, max: 7 }),
        async (lengths, fates, pageSize) => {
          const log = eventsOf(lengths)
          const head = log.at(-1)?.payload.version ?? 0
          const delivered: ChatEvent[] = []
          const cursors = createChatCursors(() => null, { [chatId]: 0 })
          const fills: Promise<boolean>[] = []
          const deliver = (event: ChatEvent): void => void delivered.push(event)
          const fetchEvents = (_: string, after: number) => {
            const events = log.filter(({ payload }) => payload.version > after).slice(0, pageSize)
            return Promise.resolve({
              events,
              version: events.at(-1)?.payload.version ?? after,
              hasMore: events.length === pageSize,
            })
          }
          const receive = (event: ChatEvent): void => {
            const received = cursors.receive(event)
            if (received.kind === 'next') deliver(received.event)
            if (received.kind !== 'gap') return
            fills.push(fillGap(chatId, { cursors, fetchEvents, deliver, signal: new AbortController().signal }))
          }
          for (const event of log) {
            const { value: fate } = fates.next() as { value: number }
            if (fate === 0) continue // lost
            receive(event)
            if (fate === 1) receive(event)
            if (fate === 2) await Promise.all(fills)
          }
          receive(pinned(head + 1))
          log.push(pinned(head + 1))
          await Promise.all(fills)
          expect(delivered.flatMap(versionsOf)).to.deep.equal(Array.from({ length: head + 1 }, (_, index) => index + 1))
          expect(cursors.of(chatId)).to.equal(head + 1)
        },
      ),
    ))

  it('go on after a resync, from its version', () => {
    const cursors = createChatCursors(() => null, { [chatId]: 3 })
    expect(cursors.receive({ event: 'resync', payload: { chatId, version: 5_000 } }).kind).to.equal('next')
    expect(cursors.receive(pinned(5_001)).kind).to.equal('next')
    expect(cursors.receive(pinned(5_003)).kind).to.equal('gap')
  })

  it('of skipped versions, deliver only those that are not known', () => {
    const cursors = createChatCursors(() => null, { [chatId]: 3 })
    expect(cursors.receive(skipped(2, 6))).to.deep.equal({ kind: 'next', event: skipped(4, 6) })
  })

  it('forget a chat with the event that ends the user’s own membership, and with a `ready` that lacks it', () => {
    const me = uuid('me')
    const cursors = createChatCursors(() => me, { [chatId]: 3, [uuid('other')]: 1 })
    const participant = { id: me, name: 'Ada', avatarUrl: null, isBot: false }
    const left: ChatEvent = { event: 'participant_banned', payload: { chatId, version: 4, participant } }
    expect(cursors.receive(left).kind).to.equal('next')
    expect(cursors.of(chatId)).to.equal(undefined)
    expect(cursors.ready({ userId: me, chats: {} }).gone).to.deep.equal([uuid('other')])
    expect(cursors.all()).to.deep.equal({})
  })
})

/** Each entry is an event, or so many versions skipped as one. */
function eventsOf(lengths: readonly number[]): ChatEvent[] {
  let version = 0
  return lengths.map((length) => {
    const from = version + 1
    version += length
    return length === 1 ? pinned(version) : skipped(from, version)
  })
}
