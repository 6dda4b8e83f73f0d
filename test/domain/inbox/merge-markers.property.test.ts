import { expect } from 'chai'
import fc from 'fast-check'
import type { ChatsRead } from '../../../src/domain/inbox/events.js'
import { mergeMarkers } from '../../../src/domain/inbox/merge-markers.js'

type Markers = ChatsRead['public']['chats']

const read = (chats: Markers) => ({ type: 'ChatsRead' as const, userId: 'ada', chats })

const marker = fc.record({
  chatId: fc.constantFrom('garden', 'attic'),
  seq: fc.integer({ min: 0, max: 9 }),
  unread: fc.boolean(),
})
const event = marker.map(({ unread, ...told }) => read([unread ? { ...told, unread } : told]))

/** What of each chat is read after these markers, as a read model folds them. */
function fold(events: readonly { chats: Markers }[], before: Record<string, number>): Record<string, number> {
  const seqs = { ...before }
  for (const { chatId, seq, unread } of events.flatMap(({ chats }) => chats))
    seqs[chatId] = unread ? seq : Math.max(seqs[chatId] ?? 0, seq)
  return seqs
}

describe('read markers that wait together', () => {
  it('become one event with the effect of all of them one after the other', () => {
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 8 }),
        fc.record({ garden: fc.nat(9), attic: fc.nat(9) }),
        (events, before) => {
          const merged = events.reduce((earlier, later) => mergeMarkers(earlier, later) as typeof later)
          expect(fold([merged], before)).to.deep.equal(fold(events, before))
          expect(new Set(merged.chats.map(({ chatId }) => chatId)).size).to.equal(merged.chats.length)
        },
      ),
    )
  })

  it('do not affect other commands', () => {
    const muted = { type: 'ChatMuted', userId: 'ada', chatId: 'garden', muted: true } as const
    expect(mergeMarkers(muted, read([]))).to.equal(null)
    expect(mergeMarkers(read([]), muted)).to.equal(null)
  })
})
