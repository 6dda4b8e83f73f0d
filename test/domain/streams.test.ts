import { expect } from 'chai'
import {
  chatStream,
  idOf,
  inboxStream,
  isChatStream,
  isStreamName,
  logStream,
  moderationStream,
  rolesStream,
  securityStream,
  userStream,
} from '../../src/domain/streams.js'
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

  it('are told from names that no stream has', () => {
    const ofIds = [chatStream, userStream, inboxStream, moderationStream].map((nameFor) => nameFor(id))
    for (const name of [...ofIds, logStream, rolesStream, securityStream('2026-03-03', '0a1b2c')])
      expect(isStreamName(name), name).to.equal(true)
    for (const name of [
      '',
      '$all',
      `$$${chatStream(id)}`,
      'chat-',
      `${chatStream(id)}x`,
      `chats-${id}`,
      'logs',
      'security-x',
    ])
      expect(isStreamName(name), name).to.equal(false)
  })
})
