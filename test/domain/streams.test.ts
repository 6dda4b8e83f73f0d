import { expect } from 'chai'
import { chatStream, idOf, inboxStream, isChatStream, logStream, userStream } from '../../src/domain/streams.js'
import { uuid } from '../support/uuid.js'

describe('names of streams', () => {
  const id = uuid('ada')

  it('give back the id that they were made of', () => {
    for (const nameFor of [chatStream, userStream, inboxStream]) expect(idOf(nameFor(id))).to.equal(id)
    expect(idOf(logStream)).to.equal('log')
  })

  it('tell chats from all else', () => {
    expect([chatStream(id), userStream(id), inboxStream(id), logStream].map(isChatStream)).to.deep.equal([
      true,
      false,
      false,
      false,
    ])
  })
})
