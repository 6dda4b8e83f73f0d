import { expect } from 'chai'
import { goLive, type AttachingSocket, type Delivery } from '../../src/realtime/audience.js'
import type { Frame } from '../../src/realtime/frames.js'

const isAfter = (a: string, b: string): boolean => Number(a) > Number(b)

const delivery = (position: number, chatId: string, moves: Partial<Delivery> = {}): Delivery => ({
  position: String(position),
  frame: { event: 'new_message', payload: { chatId, position } },
  chatIds: [chatId],
  userId: null,
  joining: [],
  leaving: [],
  ...moves,
})

const arrival = (chats: Record<string, string>, since = '10'): AttachingSocket => ({
  userId: 'bob',
  chats: new Map(Object.entries(chats)),
  since,
})

/** The positions given, and the rooms entered. */
const given = (arriving: AttachingSocket, ...kept: Delivery[]): [number[], string[]] => {
  const { frames, chatIds } = goLive(arriving, kept, isAfter)
  return [frames.map(({ payload }) => (payload as { position: number }).position), [...chatIds]]
}

describe('switching to live events', () => {
  it('delivers what came after the snapshot of a chat, and nothing of other chats', () => {
    const kept = [delivery(9, 'a'), delivery(10, 'a'), delivery(11, 'a'), delivery(12, 'b')]
    expect(given(arrival({ a: '10' }), ...kept)).to.deep.equal([[11], ['a']])
  })

  it('starts with the event of the join', () => {
    const kept = [delivery(11, 'a'), delivery(12, 'a', { joining: ['eve', 'bob'] }), delivery(13, 'a')]
    expect(given(arrival({}), ...kept)).to.deep.equal([[12, 13], ['a']])
  })

  it('ends with the event of the leave', () => {
    const kept = [delivery(11, 'a'), delivery(12, 'a', { leaving: ['bob'] }), delivery(13, 'a')]
    expect(given(arrival({ a: '10' }), ...kept)).to.deep.equal([[11, 12], []])
  })

  it('ignores a membership that began and ended before the snapshot', () => {
    const kept = [delivery(8, 'a', { joining: ['bob'] }), delivery(9, 'a', { leaving: ['bob'] }), delivery(11, 'a')]
    expect(given(arrival({}), ...kept)).to.deep.equal([[], []])
  })

  it('ignores joins and leaves of others', () => {
    const kept = [delivery(11, 'a', { joining: ['eve'] }), delivery(12, 'b', { leaving: ['eve'] }), delivery(13, 'b')]
    expect(given(arrival({ b: '10' }), ...kept)).to.deep.equal([[12, 13], ['b']])
  })

  it('delivers own read markers and profiles of users who share a chat, once each', () => {
    const marker = delivery(11, 'a', { userId: 'bob' })
    const ofOthers = delivery(12, 'b', { userId: 'eve' })
    const profile = delivery(13, 'b', { userId: 'eve', chatIds: ['b', 'a'] })
    const known = delivery(9, 'a', { userId: 'bob' })
    expect(given(arrival({ a: '10' }), marker, ofOthers, profile, known)).to.deep.equal([[11, 13], ['a']])
  })

  it('skips events of a message outside the visible range, and keeps their versions', () => {
    const frame: Frame = { event: 'link_previews', payload: { chatId: 'a', version: 7 } }
    const hidden = delivery(11, 'a', { frame, hiddenFrom: ['eve', 'bob'] })
    const shown = delivery(12, 'a', { frame, hiddenFrom: ['eve'] })
    const { frames } = goLive(arrival({ a: '10' }), [hidden, shown], isAfter)
    expect(frames).to.deep.equal([{ event: 'skipped', payload: { chatId: 'a', fromVersion: 7, version: 7 } }, frame])
  })

  it('delivers to a bot what is about the chats that its token is bound to, and enters no others', () => {
    const ofBot = { ...arrival({ a: '10' }), boundTo: new Set(['a', 'c']) }
    const joins = [delivery(11, 'b', { joining: ['bob'] }), delivery(12, 'c', { joining: ['bob'] })]
    const own = ['a', 'b'].map((aboutChatId, index) =>
      delivery(13 + index, 'd', { chatIds: [], userId: 'bob', aboutChatId }),
    )
    const profile = delivery(15, 'b', { userId: 'bob', chatIds: ['b'] })
    expect(given(ofBot, ...joins, ...own, profile)).to.deep.equal([
      [12, 13],
      ['a', 'c'],
    ])
  })

  it('continues where a socket left off, except for chats that were caught up', () => {
    const kept = [delivery(8, 'held'), delivery(8, 'caughtUp'), delivery(11, 'caughtUp'), delivery(12, 'held')]
    expect(given(arrival({ held: '0', caughtUp: '10' }, '0'), ...kept)[0]).to.deep.equal([8, 11, 12])
  })
})
