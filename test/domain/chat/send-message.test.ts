import { chatDecider } from '../../../src/domain/chat/chat.js'
import { given } from '../../support/given-when-then.js'
import { created, direct, joined, left, open, roleChanged, send, sent } from './chat-events.js'

describe('sending a message', () => {
  it('gets the next seq of the chat, whatever else happened in it', () => {
    given(chatDecider, created()).when(send('bob', 1)).then(sent('bob', 1))
    given(chatDecider, open, sent('ada', 1), joined('bob', 1), sent('bob', 2), roleChanged('bob', 'admin', 'ada'))
      .when(send('bob', 3))
      .then(sent('bob', 3))
  })

  it('keeps type, metadata and client message id', () => {
    const details = { messageType: 'poll', metadata: { options: ['a', 'b'] }, clientMessageId: 'c1' }
    given(chatDecider, direct)
      .when({ ...send('ada', 1), ...details })
      .then({ ...sent('ada', 1), ...details })
  })

  it('is refused to outsiders and former members', () => {
    given(chatDecider, created()).when(send('eve', 1)).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, open).when(send('eve', 1)).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, created(), left('bob')).when(send('bob', 1)).thenRejected({ code: 'not-a-participant' })
    given(chatDecider).when(send('ada', 1)).thenRejected({ code: 'not-a-participant' })
  })
})
