import { chatDecider } from '../../../src/domain/chat/chat.js'
import { given } from '../../support/given-when-then.js'
import { created, left, sent } from './chat-events.js'

const previews = [{ url: 'https://a.example/', title: 'A', description: null, imageUrl: null }]
const added = { messageId: 'message 1', senderId: 'bob', sentVersion: 2, sentAt: '2026-03-31T23:59:59.999Z', previews }
const add = { type: 'AddLinkPreviews', seq: 1, ...added } as const
const event = { type: 'LinkPreviewsAdded', ...added } as const

describe('adding link previews', () => {
  it('tells whose message they belong to, and when it was sent', () => {
    given(chatDecider, created(), sent('bob', 1)).when(add).then(event)
  })

  it('is done also when the author has gone: the message still stands', () => {
    given(chatDecider, created(), sent('bob', 1), left('bob')).when(add).then(event)
  })

  it('nothing happens to a message that is not there, nor without previews', () => {
    given(chatDecider, created()).when(add).then()
    given(chatDecider, created(), sent('bob', 1))
      .when({ ...add, previews: [] })
      .then()
  })

  it('no chat, no previews', () => {
    given(chatDecider).when(add).thenRejected({ code: 'not-a-participant' })
  })
})
