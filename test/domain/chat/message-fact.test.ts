import { expect } from 'chai'
import type { ChatEvent } from '../../../src/domain/chat/events.js'
import { evolveMessage, messageOf, type MessageFact } from '../../../src/domain/chat/message-fact.js'
import type { PublicEvent } from '../../../src/domain/event.js'
import { created, fact, originalAt, sent } from './chat-events.js'

const at = '2026-03-31T23:59:59.999Z'
const about = { messageId: 'message 1', sentVersion: 2 }
const reaction = (type: 'ReactionAdded' | 'ReactionRemoved', userId: string, emoji = '👍') =>
  ({ type, ...about, userId, emoji }) as const

/** As Bob asks of it; the events stand at versions from 3 on. */
const after = (first: MessageFact, ...events: PublicEvent<ChatEvent>[]): MessageFact =>
  events.reduce((known, event, index) => evolveMessage(known, { event, version: 3 + index, at }, 'bob'), first)

const edited = { type: 'MessageEdited', ...about, senderId: 'ada', sentAt: at } as const
const deleted = { type: 'MessageDeleted', ...about, senderId: 'ada', by: 'ada' } as const

describe('the state of a message', () => {
  it('starts with the sent message; an imported one has its original time', () => {
    const known = evolveMessage({ status: 'absent' }, { event: sent('ada', 1), version: 2, at }, null)
    expect(known).to.deep.equal(fact())
    const imported = { ...sent('ada', 1), originalAt, line: 1 }
    expect(evolveMessage({ status: 'absent' }, { event: imported, version: 2, at }, null)).to.deep.equal(
      fact({ sentAt: originalAt }),
    )
  })

  it('ignores events before it, and those that it contains already', () => {
    expect(after({ status: 'absent' }, edited)).to.deep.equal({ status: 'absent' })
    expect(after(fact({ version: 3, contentVersion: 3 }), edited)).to.deep.equal(
      fact({ version: 3, contentVersion: 3 }),
    )
    expect(after(fact({ version: 9 }), reaction('ReactionAdded', 'bob'))).to.deep.equal(fact({ version: 9 }))
    expect(evolveMessage(fact({ version: 5 }), { event: sent('ada', 1), version: 2, at }, null)).to.deep.equal(
      fact({ version: 5 }),
    )
  })

  it('an edit replaces the content, a deletion removes content and reactions', () => {
    expect(after(fact(), edited)).to.deep.equal(fact({ version: 3, contentVersion: 3 }))
    const reactedTo = fact({ emojis: new Map([['👍', 2]]), mine: new Set(['👍']) })
    expect(after(reactedTo, deleted)).to.deep.equal(fact({ status: 'deleted', version: 3, contentVersion: 3 }))
  })

  it('counts reactions of all users, and has those of the viewer', () => {
    const both = after(fact(), reaction('ReactionAdded', 'ada'), reaction('ReactionAdded', 'bob'))
    expect(both).to.deep.equal(fact({ version: 4, emojis: new Map([['👍', 2]]), mine: new Set(['👍']) }))
    const one = after(fact({ emojis: new Map([['👍', 2]]), mine: new Set(['👍']) }), reaction('ReactionRemoved', 'bob'))
    expect(one).to.deep.equal(fact({ version: 3, emojis: new Map([['👍', 1]]) }))
    expect(after(fact({ emojis: new Map([['👍', 1]]) }), reaction('ReactionRemoved', 'ada'))).to.deep.equal(
      fact({ version: 3 }),
    )
  })

  it('has whether it is pinned; previews change only its version', () => {
    expect(after(fact(), { type: 'MessagePinned', ...about, by: 'ada' })).to.deep.equal(
      fact({ version: 3, pinned: true }),
    )
    expect(after(fact({ pinned: true }), { type: 'MessageUnpinned', ...about, by: 'ada' })).to.deep.equal(
      fact({ version: 3 }),
    )
    expect(after(fact(), { type: 'LinkPreviewsAdded', ...about, senderId: 'ada', sentAt: at })).to.deep.equal(
      fact({ version: 3 }),
    )
  })

  it('an event is of one message or of none', () => {
    expect([messageOf(deleted), messageOf(created())]).to.deep.equal(['message 1', null])
  })
})
