import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { MessageFact } from '../../../src/domain/chat/message-fact.js'
import { given } from '../../support/given-when-then.js'
import { archived, banned, created, fact, joined, left, removed, sent } from './chat-events.js'

const messageId = 'message 1'
const edit = (by: string, message: MessageFact = fact()) =>
  ({ type: 'EditMessage', messageId, by, content: 'otherwise', message }) as const
const remove = (by: string, message: MessageFact = fact()) =>
  ({ type: 'DeleteMessage', messageId, by, message }) as const

const { senderId, sentVersion, sentAt } = fact()
const edited = {
  type: 'MessageEdited',
  messageId,
  sentVersion,
  senderId,
  sentAt,
  content: 'otherwise',
  mentions: [],
  mentionsAll: false,
} as const
const deleted = (by: string) => ({ type: 'MessageDeleted', messageId, sentVersion, senderId, by }) as const
const unpinned = (by: string) => ({ type: 'MessageUnpinned', messageId, sentVersion, by }) as const

const everyone = created({ owner: 'owner', admin: 'admin', ada: 'member', bob: 'member' })
const closed = created({ owner: 'owner', ada: 'member' }, { historyVisibility: 'since-joined' })

describe('editing a message', () => {
  it('is allowed to the author, and records when the message was sent', () => {
    given(chatDecider, everyone, sent('ada', 1)).when(edit('ada')).then(edited)
  })

  it('is refused to all others, whatever their role', () => {
    for (const by of ['owner', 'admin', 'bob'])
      given(chatDecider, everyone, sent('ada', 1)).when(edit(by)).thenRejected({ code: 'not-the-author' })
  })

  it('is refused where the message is deleted or unknown, or the chat is archived', () => {
    const chat = () => given(chatDecider, everyone, sent('ada', 1))
    chat()
      .when(edit('ada', fact({ status: 'deleted' })))
      .thenRejected({ code: 'message-deleted' })
    chat()
      .when(edit('ada', { status: 'absent' }))
      .thenRejected({ code: 'message-not-found' })
    given(chatDecider, everyone, sent('ada', 1), archived('owner'))
      .when(edit('ada'))
      .thenRejected({ code: 'chat-archived' })
  })

  it('is refused to an author who has left', () => {
    for (const end of [left('ada'), removed('ada', 'owner'), banned('owner', 'ada')])
      given(chatDecider, everyone, sent('ada', 1), end).when(edit('ada')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider).when(edit('ada')).thenRejected({ code: 'not-a-participant' })
  })

  it('is allowed for earlier messages to an author who joined again', () => {
    given(chatDecider, closed, sent('ada', 1), left('ada'), joined('ada', 1)).when(edit('ada')).then(edited)
  })
})

describe('deleting a message', () => {
  it('is allowed to the author, to owners and admins', () => {
    for (const by of ['ada', 'owner', 'admin'])
      given(chatDecider, everyone, sent('ada', 1)).when(remove(by)).then(deleted(by))
  })

  it('is refused to other members', () => {
    given(chatDecider, everyone, sent('ada', 1)).when(remove('bob')).thenRejected({ code: 'role-too-low' })
  })

  it('is recorded once', () => {
    given(chatDecider, everyone, sent('ada', 1))
      .when(remove('ada', fact({ status: 'deleted' })))
      .then()
  })

  it('removes the pin', () => {
    given(chatDecider, everyone, sent('ada', 1))
      .when(remove('owner', fact({ pinned: true })))
      .then(unpinned('owner'), deleted('owner'))
  })

  it('is refused as not found to users who may not see it, whatever their role', () => {
    given(chatDecider, closed, sent('owner', 1), {
      type: 'ParticipantAdded',
      userId: 'late',
      role: 'admin',
      by: 'owner',
      lastSeq: 1,
    })
      .when(remove('late', fact({ senderId: 'owner' })))
      .thenRejected({ code: 'message-not-found' })
  })
})
