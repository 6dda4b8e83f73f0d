import { inboxDecider } from '../../../src/domain/inbox/inbox.js'
import { given } from '../../support/given-when-then.js'

const userId = 'ada'
const markRead = (chatId: string, seq: number) => ({ type: 'MarkRead', userId, chatId, seq, unread: false }) as const
const read = (...chats: { chatId: string; seq: number }[]) => ({ type: 'ChatsRead' as const, userId, chats })

describe('marking a chat as read', () => {
  it('moves the marker forward', () => {
    given(inboxDecider)
      .when(markRead('garden', 3))
      .then(read({ chatId: 'garden', seq: 3 }))
    given(inboxDecider, read({ chatId: 'garden', seq: 3 }))
      .when(markRead('garden', 4))
      .then(read({ chatId: 'garden', seq: 4 }))
  })

  it('never moves it back, and records nothing for its current position', () => {
    given(inboxDecider, read({ chatId: 'garden', seq: 3 }))
      .when(markRead('garden', 3))
      .then()
    given(inboxDecider, read({ chatId: 'garden', seq: 3 }))
      .when(markRead('garden', 1))
      .then()
    given(inboxDecider).when(markRead('garden', 0)).then()
  })

  it('has a marker for each chat, also where one event moved several', () => {
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

describe('setting a marker back', () => {
  const back = (seq: number) => ({ ...markRead('garden', seq), unread: true })
  const isBack = (seq: number) => ({
    type: 'ChatsRead' as const,
    userId,
    chats: [{ chatId: 'garden', seq, unread: true as const }],
  })

  it('is recorded, also for the current position, as own messages advance it', () => {
    given(inboxDecider).when(back(2)).then(isBack(2))
    given(inboxDecider, read({ chatId: 'garden', seq: 5 }))
      .when(back(2))
      .then(isBack(2))
    given(inboxDecider, isBack(2)).when(back(2)).then(isBack(2))
  })

  it('lets the marker advance from there', () => {
    given(inboxDecider, read({ chatId: 'garden', seq: 5 }), isBack(2))
      .when(markRead('garden', 3))
      .then(read({ chatId: 'garden', seq: 3 }))
    given(inboxDecider, isBack(2)).when(markRead('garden', 2)).then()
  })
})

describe('muting a chat', () => {
  const mute = (muted: boolean) => ({ type: 'MuteChat', userId, chatId: 'garden', muted }) as const
  const isMuted = (muted: boolean) => ({ type: 'ChatMuted', userId, chatId: 'garden', muted }) as const

  it('is recorded once, and so is unmuting', () => {
    given(inboxDecider).when(mute(true)).then(isMuted(true))
    given(inboxDecider, isMuted(true)).when(mute(true)).then()
    given(inboxDecider, isMuted(true)).when(mute(false)).then(isMuted(false))
    given(inboxDecider).when(mute(false)).then()
  })
})

describe('hiding a chat', () => {
  const hide = (hidden: boolean, lastSeq = 4) =>
    ({ type: 'HideChat', userId, chatId: 'garden', hidden, lastSeq }) as const
  const isHidden = (seq: number | null) => ({ type: 'ChatHidden', userId, chatId: 'garden', seq }) as const

  it('lasts up to the last message, and can be repeated after the next', () => {
    given(inboxDecider).when(hide(true)).then(isHidden(4))
    given(inboxDecider, isHidden(4)).when(hide(true)).then()
    given(inboxDecider, isHidden(4)).when(hide(true, 5)).then(isHidden(5))
  })

  it('works without messages, and can be undone', () => {
    given(inboxDecider).when(hide(true, 0)).then(isHidden(0))
    given(inboxDecider, isHidden(0)).when(hide(false)).then(isHidden(null))
    given(inboxDecider).when(hide(false)).then()
  })
})
