import { chatDecider } from '../../../src/domain/chat/chat.js'
import { given } from '../../support/given-when-then.js'
import { created, fact, left, sent } from './chat-events.js'

const previews = [{ url: 'https://a.example/', title: 'A', description: null, imageUrl: null }]
const message = fact({ senderId: 'bob', sentVersion: 2, contentVersion: 2 })
const add = { type: 'AddLinkPreviews', messageId: 'message 1', contentVersion: 2, previews, message } as const
const { senderId, sentVersion, sentAt } = message
const event = { type: 'LinkPreviewsAdded', messageId: 'message 1', senderId, sentVersion, sentAt, previews } as const

describe('adding link previews', () => {
  it('records the author of the message, and when it was sent', () => {
    given(chatDecider, created(), sent('bob', 1)).when(add).then(event)
  })

  it('works also when the author has left', () => {
    given(chatDecider, created(), sent('bob', 1), left('bob')).when(add).then(event)
  })

  it('changes nothing for an unknown, edited or deleted message, or without previews', () => {
    const when = (change: Partial<typeof add> | { message: object }) =>
      given(chatDecider, created(), sent('bob', 1)).when({ ...add, ...change } as typeof add)
    when({ message: { status: 'absent' } }).then()
    when({ message: { ...message, contentVersion: 3 } }).then()
    when({ message: { ...message, status: 'deleted' } }).then()
    when({ previews: [] }).then()
  })

  it('is refused for an unknown chat', () => {
    given(chatDecider).when(add).thenRejected({ code: 'not-a-participant' })
  })
})
