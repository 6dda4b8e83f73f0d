import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { ChatCommand } from '../../../src/domain/chat/commands.js'
import type { ChatEvent } from '../../../src/domain/chat/events.js'
import type { Decided } from '../../../src/domain/event.js'
import { given } from '../../support/given-when-then.js'
import { archived, created, imported, joined, left, originalAt, roleChanged, send, sent } from './chat-events.js'

const onLine = <Shape extends ChatCommand | Decided<ChatEvent>>(line: number, shape: Shape) => ({
  ...shape,
  line,
  originalAt,
})
const join = (userId: string) => ({ type: 'JoinChat', userId }) as const
const leave = (userId: string) => ({ type: 'LeaveChat', userId }) as const

describe('importing into a chat', () => {
  it('lines keep their number and their original time', () => {
    given(chatDecider, imported)
      .when(onLine(2, send('ada', 1)))
      .then(onLine(2, sent('ada', 1)))
    given(chatDecider, imported)
      .when(onLine(2, join('bob')))
      .then(onLine(2, joined('bob')))
    given(chatDecider, imported, joined('bob'))
      .when(onLine(3, leave('bob')))
      .then(onLine(3, left('bob')))
  })

  it('a line can join a user also where an invitation is needed', () => {
    given(chatDecider, imported, sent('ada', 1))
      .when(onLine(2, join('bob')))
      .then(onLine(2, joined('bob', 1)))
  })

  it('a user who is not a member joins with the first message', () => {
    given(chatDecider, imported, sent('ada', 1))
      .when(onLine(3, send('bob', 2)))
      .then(onLine(3, joined('bob', 1)), onLine(3, sent('bob', 2)))
  })

  it('continues where the chat was archived meanwhile', () => {
    given(chatDecider, imported, archived('ada'))
      .when(onLine(3, send('ada', 1)))
      .then(onLine(3, sent('ada', 1)))
    given(chatDecider, imported, archived('ada')).when(send('ada', 1)).thenRejected({ code: 'chat-archived' })
  })

  it('a leave of a user who is not a member is refused', () => {
    given(chatDecider, imported)
      .when(onLine(2, leave('bob')))
      .thenRejected({ code: 'not-a-participant' })
  })

  it('when the last owner leaves, the number of the line is in the event of the leave', () => {
    given(chatDecider, imported, joined('bob'))
      .when(onLine(3, leave('ada')))
      .then(roleChanged('bob', 'owner', 'ada'), onLine(3, left('ada')))
  })

  it('a line that was imported before does not change participants', () => {
    const past = [onLine(2, joined('bob')), onLine(5, left('bob')), onLine(6, sent('ada', 1))]
    given(chatDecider, imported, ...past)
      .when(onLine(4, join('bob')))
      .then()
    given(chatDecider, imported, ...past)
      .when(onLine(6, leave('ada')))
      .then()
    given(chatDecider, imported, ...past)
      .when(onLine(7, join('bob')))
      .then(onLine(7, joined('bob', 1)))
  })

  it('a new message on such a line is refused, as it could only be appended after later ones', () => {
    for (const line of [5, 6])
      given(chatDecider, imported, onLine(6, sent('ada', 1)))
        .when(onLine(line, send('bob', 2)))
        .thenRejected({ code: 'line-too-late' })
  })

  it('users can change the chat between lines, and the last line is kept', () => {
    given(chatDecider, imported, onLine(6, sent('ada', 1)), sent('ada', 2))
      .when(onLine(5, join('bob')))
      .then()
  })

  it('no line is imported into a native chat', () => {
    for (const command of [join('bob'), leave('bob'), send('bob', 1)]) {
      given(chatDecider, created()).when(onLine(2, command)).thenRejected({ code: 'not-imported' })
      given(chatDecider).when(onLine(2, command)).thenRejected({ code: 'not-a-participant' })
    }
  })

  it('users can use it as any other chat', () => {
    given(chatDecider, imported).when(send('ada', 1)).then(sent('ada', 1))
    given(chatDecider, imported).when(send('bob', 1)).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, imported).when(join('bob')).thenRejected({ code: 'not-a-participant' })
  })
})
