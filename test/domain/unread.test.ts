import { expect } from 'chai'
import type { AnyEvent } from '../../src/domain/any-event.js'
import type { PublicEvent } from '../../src/domain/event.js'
import { countUnread } from '../../src/domain/unread.js'
import { banned, created, joined, left, sent } from './chat/chat-events.js'

const chat = 'chat-garden'
const read = (userId: string, seq: number, unread?: true): PublicEvent<AnyEvent> => ({
  type: 'ChatsRead',
  userId,
  chats: [{ chatId: 'garden', seq, ...(unread && { unread }) }],
})
const deleted = (seq: number): PublicEvent<AnyEvent> => ({
  type: 'MessageDeleted',
  messageId: `message ${seq}`,
  sentVersion: 2,
  senderId: 'ada',
  by: 'ada',
})

function counted(...events: PublicEvent<AnyEvent>[]): Record<string, [readSeq: number, unread: number]> {
  const gone = events.flatMap((event) => (event.type === 'MessageDeleted' ? [event.messageId] : []))
  const counts = countUnread(new Set(gone))
  for (const event of events) counts.fold(chat, event)
  return Object.fromEntries(
    [...counts.readings()].map(([key, { readSeq, unread }]) => [key.split(' ')[1] ?? '', [readSeq, unread]]),
  )
}

const said = (by: string, ...seqs: number[]): PublicEvent<AnyEvent>[] => seqs.map((seq) => sent(by, seq))

describe('unread messages, counted from the log', () => {
  it('are those of others after the marker', () => {
    expect(counted(created(), ...said('ada', 1, 2))).to.deep.equal({ ada: [2, 0], bob: [0, 2] })
    expect(counted(created(), ...said('ada', 1), ...said('bob', 2))).to.deep.equal({ ada: [1, 1], bob: [2, 0] })
  })

  it('start with the join, and end with the leave', () => {
    const begun = [created(), ...said('ada', 1, 2), joined('cem', 2), ...said('ada', 3)]
    expect(counted(...begun)).to.deep.equal({ ada: [3, 0], bob: [0, 3], cem: [2, 1] })
    expect(counted(...begun, left('cem'), banned('ada', 'bob'))).to.deep.equal({ ada: [3, 0] })
    expect(counted(...begun, left('cem'), read('cem', 3))).not.to.have.property('cem')
  })

  it('follow the marker, which is set back only explicitly', () => {
    const three = [created(), ...said('ada', 1, 2, 3)]
    expect(counted(...three, read('bob', 2))['bob']).to.deep.equal([2, 1])
    expect(counted(...three, read('bob', 2), read('bob', 1))['bob']).to.deep.equal([2, 1])
    expect(counted(...three, read('bob', 3), read('bob', 1, true))['bob']).to.deep.equal([1, 2])
    expect(counted(...three, read('ada', 1, true))['ada']).to.deep.equal([1, 2])
  })

  it('are only visible ones: a new member of a closed history who sets the marker back has none more', () => {
    const closed = created({ ada: 'owner', bob: 'member' }, { historyVisibility: 'since-joined' })
    const begun = [closed, ...said('ada', 1, 2, 3, 4, 5), joined('cem', 5)]
    expect(counted(...begun, read('cem', 0, true))['cem']).to.deep.equal([0, 0])
    expect(counted(...begun, ...said('ada', 6), deleted(2), read('cem', 0, true))['cem']).to.deep.equal([0, 1])
    expect(counted(...begun, ...said('ada', 6), read('bob', 0, true))['bob']).to.deep.equal([0, 6])
    const away = [...begun, left('cem'), ...said('ada', 6, 7), joined('cem', 7), ...said('ada', 8)]
    expect(counted(...away, read('cem', 0, true))['cem']).to.deep.equal([0, 1])
  })

  it('do not include deleted ones, and are at most 999', () => {
    const three = [created(), ...said('ada', 1, 2, 3)]
    expect(counted(...three, deleted(2))['bob']).to.deep.equal([0, 2])
    expect(counted(...three, read('bob', 2), deleted(2))['bob']).to.deep.equal([2, 1])
    const many = Array.from({ length: 1_100 }, (_, index) => index + 1)
    expect(counted(created(), ...said('ada', ...many))['bob']).to.deep.equal([0, 999])
  })
})
