import { expect } from 'chai'
import { chatStream, idOf, inboxStream, isChatStream, logStream, userStream } from '../../src/domain/streams.js'
import { uuid } from '../support/uuid.js'

describe('names of streams', () => {
  const id = uuid('ada')

  it('contain the id, which can be read from them', () => {
    for (const nameFor of [chatStream, userStream, inboxStream]) expect(idOf(nameFor(id))).to.equal(id)
    expect(idOf(logStream)).to.equal('log')
  })

  it('distinguish chats from other streams', () => {
    expect([chatStream(id), userStream(id), inboxStream(id), logStream].map(isChatStream)).to.deep.equal([
      true,
      false,
      false,
      false,
    ])
  })
})
