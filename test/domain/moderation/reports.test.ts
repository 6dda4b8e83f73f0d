import type { ChatEvent } from '../../../src/domain/chat/events.js'
import { chatDecider } from '../../../src/domain/chat/chat.js'
import { evolveMessage, type MessageFact } from '../../../src/domain/chat/message-fact.js'
import type { PublicEvent } from '../../../src/domain/event.js'
import { moderationDecider } from '../../../src/domain/moderation/moderation.js'
import { given } from '../../support/given-when-then.js'

const created: PublicEvent<ChatEvent> = {
  type: 'ChatCreated',
  chatType: 'group',
  createdBy: 'ada',
  participants: [
    { userId: 'ada', role: 'owner' },
    { userId: 'bob', role: 'member' },
  ],
  historyVisibility: 'since-joined',
  joinPolicy: 'invite',
  imported: false,
}
const sent: PublicEvent<ChatEvent> = {
  type: 'MessageSent',
  messageId: 'm',
  seq: 1,
  senderId: 'ada',
}
const carolAdded: PublicEvent<ChatEvent> = {
  type: 'ParticipantAdded',
  userId: 'carol',
  role: 'member',
  by: 'ada',
  lastSeq: 1,
}
const bobRemoved: PublicEvent<ChatEvent> = { type: 'ParticipantRemoved', userId: 'bob', by: 'ada' }
const deleted: PublicEvent<ChatEvent> = {
  type: 'MessageDeleted',
  messageId: 'm',
  sentVersion: 2,
  senderId: 'ada',
  by: 'ada',
}

/** Reports the message of a chat in which this happened. */
function reportMessage(reporterId: string, chatEvents = [created, sent], reportId = 'r', reason = 'spam') {
  const chat = chatEvents.reduce(chatDecider.evolve, chatDecider.initial)
  const message = chatEvents.reduce<MessageFact>(
    (fact, event, index) =>
      'messageId' in event ? evolveMessage(fact, { event, version: index + 1, at: '' }, reporterId) : fact,
    { status: 'absent' },
  )
  return { type: 'ReportMessage', reportId, messageId: 'm', reporterId, reason, chat, message } as const
}

const reported = (reporterId: string, reportId = 'r') =>
  ({ type: 'MessageReported', reportId, messageId: 'm', reporterId, reason: 'spam' }) as const
const settle = (outcome: string, reportId = 'r') => ({ type: 'SettleReport', reportId, by: 'admin', outcome }) as const
const settled = (outcome: string, reportId = 'r') =>
  ({ type: 'ReportSettled', reportId, by: 'admin', outcome }) as const

describe('reporting a message', () => {
  it('is allowed to everyone who may see it, including its author and later members of a chat with full history', () => {
    given(moderationDecider).when(reportMessage('bob')).then(reported('bob'))
    given(moderationDecider).when(reportMessage('ada')).then(reported('ada'))
    const full: PublicEvent<ChatEvent> = { ...created, historyVisibility: 'full' }
    given(moderationDecider)
      .when(reportMessage('carol', [full, sent, carolAdded]))
      .then(reported('carol'))
  })

  it('is refused to outsiders, for any message', () => {
    const outside = { code: 'not-a-participant' } as const
    given(moderationDecider).when(reportMessage('carol')).thenRejected(outside)
    given(moderationDecider)
      .when(reportMessage('bob', [created, sent, bobRemoved]))
      .thenRejected(outside)
    given(moderationDecider).when(reportMessage('bob', [])).thenRejected(outside)
    given(moderationDecider)
      .when(reportMessage('carol', [created, sent, deleted]))
      .thenRejected(outside)
  })

  it('is refused as not found outside the visible range', () => {
    const unseen = { code: 'message-not-found' } as const
    given(moderationDecider)
      .when(reportMessage('carol', [created, sent, carolAdded]))
      .thenRejected(unseen)
    given(moderationDecider)
      .when(reportMessage('carol', [created, sent, carolAdded, deleted]))
      .thenRejected(unseen)
    given(moderationDecider)
      .when(reportMessage('bob', [created]))
      .thenRejected(unseen)
  })

  it('is refused for a deleted message', () => {
    given(moderationDecider)
      .when(reportMessage('bob', [created, sent, deleted]))
      .thenRejected({ code: 'message-deleted' })
  })

  it('again while the report is open changes nothing; by another user it is another report', () => {
    given(moderationDecider, reported('bob'))
      .when(reportMessage('bob', [created, sent], 'r2'))
      .then()
    given(moderationDecider, reported('bob'))
      .when(reportMessage('ada', [created, sent], 'r2'))
      .then(reported('ada', 'r2'))
  })

  it('is possible again after the report was resolved', () => {
    given(moderationDecider, reported('bob'), settled('kept'))
      .when(reportMessage('bob', [created, sent], 'r2'))
      .then(reported('bob', 'r2'))
    given(moderationDecider, reported('bob'), settled('kept'), reported('bob', 'r2'))
      .when(reportMessage('bob', [created, sent], 'r3'))
      .then()
  })
})

describe('resolving a report', () => {
  it('records the outcome', () => {
    given(moderationDecider, reported('bob')).when(settle('deleted it')).then(settled('deleted it'))
  })

  it('keeps the first outcome', () => {
    given(moderationDecider, reported('bob'), settled('kept')).when(settle('deleted it')).then()
  })

  it('refuses an unknown report', () => {
    given(moderationDecider, reported('bob')).when(settle('kept', 'r2')).thenRejected({ code: 'report-not-found' })
  })

  it('resolves one of several', () => {
    given(moderationDecider, reported('bob'), reported('ada', 'r2'), settled('kept'))
      .when(settle('kept', 'r2'))
      .then(settled('kept', 'r2'))
  })
})
