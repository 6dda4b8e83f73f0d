import { inboxDecider } from '../../src/domain/inbox/inbox.js'
import { given } from '../support/given-when-then.js'

const userId = 'ada'
const markRead = (chatId: string, seq: number) => ({ type: 'MarkRead', userId, chatId, seq, unread: false }) as const
const read = (...chats: { chatId: string; seq: number }[]) => ({ type: 'ChatsRead' as const, userId, chats })

describe('marking a chat as read', () => {
  it('the marker moves forward', () => {
    given(inboxDecider)
      .when(markRead('garden', 3))
      .then(read({ chatId: 'garden', seq: 3 }))
    given(inboxDecider, read({ chatId: 'garden', seq: 3 }))
      .when(markRead('garden', 4))
      .then(read({ chatId: 'garden', seq: 4 }))
  })

  it('and never back, nor to where it stands', () => {
    given(inboxDecider, read({ chatId: 'garden', seq: 3 }))
      .when(markRead('garden', 3))
      .then()
    given(inboxDecider, read({ chatId: 'garden', seq: 3 }))
      .when(markRead('garden', 1))
      .then()
    given(inboxDecider).when(markRead('garden', 0)).then()
  })

  it('each chat has its own, also where one event moved several', () => {
    const both = read({ chatId: 'garden', seq: 3 }, { chatId: 'attic', seq: 7 })
    given(inboxDecider, both).when(markRead('attic', 7)).then()
    given(inboxDecider, both)
      .when(markRead('garden', 5))
      .then(read({ chatId: 'garden', seq: 5 }))
    given(inboxDecider, both, read({ chatId: 'cellar', seq: 1 }))
      .when(markRead('garden', 3))
      .then()
  })
})
