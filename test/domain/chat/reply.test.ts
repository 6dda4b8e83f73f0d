import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { MessageFact } from '../../../src/domain/chat/message-fact.js'
import { given } from '../../support/given-when-then.js'
import { archived, created, fact, joined, send, sent } from './chat-events.js'

const reply = (senderId: string, message: MessageFact = fact()) => ({
  ...send(senderId, 2),
  replyTo: { messageId: 'message 1', message },
})
const replied = (senderId: string) => ({ ...sent(senderId, 2), replyToId: 'message 1', replyToSeq: 1 })

describe('replying to a message', () => {
  it('records its id and seq', () => {
    given(chatDecider, created(), sent('ada', 1)).when(reply('bob')).then(replied('bob'))
  })

  it('is refused where it is deleted, unknown, or not visible', () => {
    const missing = { code: 'message-not-found' } as const
    const chat = () => given(chatDecider, created(), sent('ada', 1))
    chat()
      .when(reply('bob', { status: 'absent' }))
      .thenRejected(missing)
    chat()
      .when(reply('bob', fact({ status: 'deleted' })))
      .thenRejected(missing)
    given(
      chatDecider,
      created({ ada: 'owner' }, { historyVisibility: 'since-joined' }),
      sent('ada', 1),
      joined('late', 1),
    )
      .when(reply('late'))
      .thenRejected(missing)
  })

  it('is refused in an archived chat', () => {
    given(chatDecider, created(), archived('ada')).when(send('ada', 1)).thenRejected({ code: 'chat-archived' })
  })
})
