import { expect } from 'chai'
import { chatStream } from '../../src/domain/streams.js'
import type { PastDetails } from '../../src/projections/conversations/query-results.js'
import { messageOf, pastFrame, detailsNeeded, type ChatEventInStream, type Frame } from '../../src/realtime/frames.js'
import { withSkipped } from '../../src/realtime/past-frames.js'

const at = '2026-03-01T10:00:00.000Z'
const ada = { id: 'ada', name: 'Ada', avatarUrl: null, isBot: false }
const sent = {
  type: 'MessageSent',
  messageId: 'm',
  seq: 4,
  senderId: 'ada',
  messageType: 'text',
  content: 'as it was sent',
  mentions: [],
  mentionsAll: false,
  metadata: null,
  clientMessageId: null,
} as const

const placed = (version: number, event: ChatEventInStream['event']): ChatEventInStream => ({
  stream: chatStream('c'),
  version,
  at,
  event,
})

const message = messageOf({ stream: chatStream('c'), version: 5, at, event: sent }, ada)

describe('frames', () => {
  it('contain a message with its original time, and nothing that was erased', () => {
    const event = { ...sent, originalAt: '2019-01-01T00:00:00.000Z', content: null }
    const shown = messageOf({ stream: chatStream('c'), version: 5, at, event }, ada)
    expect(shown).to.include({ createdAt: '2019-01-01T00:00:00.000Z', recordedAt: at, content: null, chatId: 'c' })
    expect(message).to.include({ createdAt: at, recordedAt: at, content: 'as it was sent', seq: 4, version: 5 })
  })

  it('of past events contain the current message, at the version of the event', () => {
    const now = { ...message, version: 9, content: null, deletedAt: at }
    const details = { messages: new Map([['m', now]]) } as unknown as PastDetails
    expect(pastFrame(placed(5, sent), details)).to.deep.equal({ event: 'new_message', payload: { ...now, version: 5 } })
  })

  it('contain a role as of the event, whatever it is now', () => {
    const owner = {
      id: 'bob',
      name: 'Bob',
      avatarUrl: null,
      isBot: false,
      role: 'owner' as const,
      joinedAt: at,
      readSeq: 3,
    }
    const details = {
      participants: new Map([['bob 6', owner]]),
      people: new Map([['ada', ada]]),
    } as unknown as PastDetails
    const event = { type: 'ParticipantRoleChanged', userId: 'bob', role: 'admin', by: 'ada' } as const
    expect(pastFrame(placed(6, event), details)).to.deep.equal({
      event: 'participant_role_changed',
      payload: { chatId: 'c', version: 6, participant: { ...owner, role: 'admin' }, by: ada },
    })
    expect(detailsNeeded([placed(6, event), placed(7, sent)])).to.deep.equal({
      chat: false,
      messageIds: ['m'],
      participantsAt: [
        { userId: 'bob', version: 6 },
        { userId: 'ada', version: 6 },
      ],
    })
  })

  it('cover every version, with one `skipped` for adjacent ones', () => {
    const frame: Frame = { event: 'new_message', payload: {} }
    const frames = withSkipped(
      'c',
      [3, 4, 5, 6, 7, 8],
      new Map([
        [5, frame],
        [6, frame],
      ]),
    )
    const skipped = (fromVersion: number, version: number) => ({
      event: 'skipped',
      payload: { chatId: 'c', fromVersion, version },
    })
    expect(frames).to.deep.equal([skipped(3, 4), frame, frame, skipped(7, 8)])
    expect(withSkipped('c', [], new Map())).to.deep.equal([])
  })
})
