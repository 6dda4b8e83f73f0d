import { chatDecider } from '../../../src/domain/chat/chat.js'
import { given } from '../../support/given-when-then.js'
import { created, direct, joined, left, open, roleChanged, sent } from './chat-events.js'

const join = (userId: string) => ({ type: 'JoinChat', userId }) as const
const leave = (userId: string) => ({ type: 'LeaveChat', userId }) as const

describe('joining a chat', () => {
  it('anyone may join an open one; earlier messages count as read', () => {
    given(chatDecider, open, sent('ada', 1), sent('ada', 2)).when(join('bob')).then(joined('bob', 2))
  })

  it('is refused as for an outsider where an invitation is needed', () => {
    given(chatDecider, created()).when(join('eve')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, direct).when(join('eve')).thenRejected({ code: 'not-a-participant' })
  })

  it('an existing member keeps the role', () => {
    given(chatDecider, open, joined('bob')).when(join('bob')).then()
    given(chatDecider, created()).when(join('ada')).then()
  })

  it('a former member may join again', () => {
    given(chatDecider, open, joined('bob'), left('bob')).when(join('bob')).then(joined('bob'))
  })
})

describe('leaving a chat', () => {
  it('a member leaves', () => {
    given(chatDecider, created()).when(leave('bob')).then(left('bob'))
  })

  it('a user who is not a member, or no longer, is an outsider', () => {
    given(chatDecider, created()).when(leave('eve')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, created(), left('bob')).when(leave('bob')).thenRejected({ code: 'not-a-participant' })
  })

  it('is refused in a direct chat', () => {
    given(chatDecider, direct).when(leave('bob')).thenRejected({ code: 'direct-chat' })
  })

  it('an outsider gets the same refusal for a direct chat', () => {
    given(chatDecider, direct).when(leave('eve')).thenRejected({ code: 'not-a-participant' })
  })

  it('an owner leaves without a new one while another owner remains', () => {
    given(chatDecider, created({ ada: 'owner', bob: 'member', cem: 'owner' }))
      .when(leave('ada'))
      .then(left('ada'))
  })

  it('the last owner is replaced by the admin who joined first', () => {
    given(chatDecider, created({ ada: 'owner', bob: 'member', cem: 'admin', dag: 'admin' }))
      .when(leave('ada'))
      .then(roleChanged('cem', 'owner', 'ada'), left('ada'))
  })

  it('or, without an admin, by the member who joined first', () => {
    given(chatDecider, created({ ada: 'owner', bob: 'member', cem: 'member' }))
      .when(leave('ada'))
      .then(roleChanged('bob', 'owner', 'ada'), left('ada'))
  })

  it('the last join counts, and a change of role does not matter', () => {
    const past = [left('bob'), joined('bob'), roleChanged('bob', 'admin', 'ada'), roleChanged('cem', 'admin', 'ada')]
    given(chatDecider, created({ ada: 'owner', bob: 'member', cem: 'member' }), ...past)
      .when(leave('ada'))
      .then(roleChanged('cem', 'owner', 'ada'), left('ada'))
  })

  it('the last member leaves an empty chat', () => {
    given(chatDecider, created({ ada: 'owner' }))
      .when(leave('ada'))
      .then(left('ada'))
  })
})
