import { chatDecider } from '../../../src/domain/chat/chat.js'
import { given } from '../../support/given-when-then.js'
import { created, direct, joined, left, open, roleChanged, sent } from './chat-events.js'

const join = (userId: string) => ({ type: 'JoinChat', userId }) as const
const leave = (userId: string) => ({ type: 'LeaveChat', userId }) as const

describe('joining a chat', () => {
  it('anyone may join an open one; what was said before counts as read', () => {
    given(chatDecider, open, sent('ada', 1), sent('ada', 2)).when(join('bob')).then(joined('bob', 2))
  })

  it('to one by invitation, whoever is not in it is an outsider', () => {
    given(chatDecider, created()).when(join('eve')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, direct).when(join('eve')).thenRejected({ code: 'not-a-participant' })
  })

  it('who is in it already stays as they are, with their role', () => {
    given(chatDecider, open, joined('bob')).when(join('bob')).then()
    given(chatDecider, created()).when(join('ada')).then()
  })

  it('who left may come back', () => {
    given(chatDecider, open, joined('bob'), left('bob')).when(join('bob')).then(joined('bob'))
  })
})

describe('leaving a chat', () => {
  it('a member leaves', () => {
    given(chatDecider, created()).when(leave('bob')).then(left('bob'))
  })

  it('who is not in it, or left it, is an outsider', () => {
    given(chatDecider, created()).when(leave('eve')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, created(), left('bob')).when(leave('bob')).thenRejected({ code: 'not-a-participant' })
  })

  it('nobody leaves a direct chat', () => {
    given(chatDecider, direct).when(leave('bob')).thenRejected({ code: 'direct-chat' })
  })

  it('to an outsider a direct chat looks like any other', () => {
    given(chatDecider, direct).when(leave('eve')).thenRejected({ code: 'not-a-participant' })
  })

  it('an owner leaves nothing behind while another owner stays', () => {
    given(chatDecider, created({ ada: 'owner', bob: 'member', cem: 'owner' }))
      .when(leave('ada'))
      .then(left('ada'))
  })

  it('the last owner hands over to the longest-standing admin', () => {
    given(chatDecider, created({ ada: 'owner', bob: 'member', cem: 'admin', dag: 'admin' }))
      .when(leave('ada'))
      .then(roleChanged('cem', 'owner', 'ada'), left('ada'))
  })

  it('where there is no admin, to the longest-standing member', () => {
    given(chatDecider, created({ ada: 'owner', bob: 'member', cem: 'member' }))
      .when(leave('ada'))
      .then(roleChanged('bob', 'owner', 'ada'), left('ada'))
  })

  it('standing counts from the last joining, and a change of role does not touch it', () => {
    const past = [left('bob'), joined('bob'), roleChanged('bob', 'admin', 'ada'), roleChanged('cem', 'admin', 'ada')]
    given(chatDecider, created({ ada: 'owner', bob: 'member', cem: 'member' }), ...past)
      .when(leave('ada'))
      .then(roleChanged('cem', 'owner', 'ada'), left('ada'))
  })

  it('who leaves last leaves an empty chat', () => {
    given(chatDecider, created({ ada: 'owner' }))
      .when(leave('ada'))
      .then(left('ada'))
  })
})
