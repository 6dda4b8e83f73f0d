import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { Role } from '../../../src/domain/chat/events.js'
import { given } from '../../support/given-when-then.js'
import { archived, created, direct, left, roleChanged } from './chat-events.js'

const change = (by: string, userId: string, role: Role) =>
  ({ type: 'ChangeParticipantRole', userId, role, by }) as const

const ranks: Role[] = ['member', 'admin', 'owner']
const everyone = created({
  owner: 'owner',
  owner2: 'owner',
  admin: 'admin',
  admin2: 'admin',
  member: 'member',
  member2: 'member',
})

describe('changing a role', () => {
  for (const own of ranks)
    for (const theirs of ranks)
      for (const role of ranks.filter((each) => each !== theirs)) {
        const isOver = ranks.indexOf(own) > ranks.indexOf(theirs) && ranks.indexOf(role) <= ranks.indexOf(own)
        const mayChange = own === 'owner' || (own === 'admin' && isOver)
        it(`a participant of role ${own} ${mayChange ? 'makes' : 'does not make'} another ${theirs} ${role}`, () => {
          const other = own === theirs ? `${theirs}2` : theirs
          const outcome = given(chatDecider, everyone).when(change(own, other, role))
          if (mayChange) outcome.then(roleChanged(other, role, own))
          else outcome.thenRejected({ code: 'role-too-low' })
        })
      }

  it('everyone may lower the own role, and nobody raise it', () => {
    given(chatDecider, everyone)
      .when(change('owner', 'owner', 'admin'))
      .then(roleChanged('owner', 'admin', 'owner'))
    given(chatDecider, everyone)
      .when(change('admin', 'admin', 'member'))
      .then(roleChanged('admin', 'member', 'admin'))
    given(chatDecider, everyone)
      .when(change('admin', 'admin', 'owner'))
      .thenRejected({ code: 'role-too-low' })
    given(chatDecider, everyone)
      .when(change('member', 'member', 'admin'))
      .thenRejected({ code: 'role-too-low' })
  })

  it('the last owner cannot step down', () => {
    for (const role of ['admin', 'member'] as const)
      given(chatDecider, created())
        .when(change('ada', 'ada', role))
        .thenRejected({ code: 'last-owner' })
  })

  it('once there is another owner, the first may step down', () => {
    given(chatDecider, created(), roleChanged('bob', 'owner', 'ada'))
      .when(change('ada', 'ada', 'member'))
      .then(roleChanged('ada', 'member', 'ada'))
  })

  it('setting the current role changes nothing, for those who may change roles and for oneself', () => {
    given(chatDecider, everyone)
      .when(change('owner', 'admin', 'admin'))
      .then()
    given(chatDecider, everyone)
      .when(change('admin', 'admin2', 'admin'))
      .then()
    given(chatDecider, everyone)
      .when(change('member', 'member', 'member'))
      .then()
    given(chatDecider, everyone)
      .when(change('member', 'member2', 'member'))
      .thenRejected({ code: 'role-too-low' })
  })

  it('a user who is not a participant has no role, which only those learn who may change roles', () => {
    given(chatDecider, created(), left('bob'))
      .when(change('ada', 'bob', 'admin'))
      .thenRejected({ code: 'participant-not-found' })
    given(chatDecider, everyone)
      .when(change('member', 'eve', 'admin'))
      .thenRejected({ code: 'role-too-low' })
    given(chatDecider, everyone)
      .when(change('eve', 'member', 'admin'))
      .thenRejected({ code: 'not-a-participant' })
  })

  it('cannot be changed in a direct chat', () => {
    given(chatDecider, direct)
      .when(change('ada', 'bob', 'owner'))
      .thenRejected({ code: 'direct-chat' })
    given(chatDecider, direct)
      .when(change('eve', 'bob', 'owner'))
      .thenRejected({ code: 'not-a-participant' })
  })

  it('can be changed in an archived chat', () => {
    given(chatDecider, created(), archived('ada'))
      .when(change('ada', 'bob', 'owner'))
      .then(roleChanged('bob', 'owner', 'ada'))
  })
})
