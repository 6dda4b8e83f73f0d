import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { Role } from '../../../src/domain/chat/events.js'
import { given } from '../../support/given-when-then.js'
import {
  archived,
  banned,
  created,
  direct,
  imported,
  invited,
  joined,
  left,
  open,
  originalAt,
  send,
  sent,
  unbanned,
} from './chat-events.js'

const ban = (by: string, userId: string) => ({ type: 'BanParticipant', userId, by }) as const
const unban = (by: string, userId: string) => ({ type: 'UnbanParticipant', userId, by }) as const

const ranks: Role[] = ['member', 'admin', 'owner']
const everyone = created({
  owner: 'owner',
  owner2: 'owner',
  admin: 'admin',
  admin2: 'admin',
  member: 'member',
  member2: 'member',
})

describe('banning a user', () => {
  for (const own of ranks)
    for (const theirs of ranks) {
      const mayBan = own === 'owner' || ranks.indexOf(own) > ranks.indexOf(theirs)
      it(`a participant of role ${own} ${mayBan ? 'bans' : 'does not ban'} one of role ${theirs}`, () => {
        const other = own === theirs ? `${theirs}2` : theirs
        const outcome = given(chatDecider, everyone).when(ban(own, other))
        if (mayBan) outcome.then(banned(own, other))
        else outcome.thenRejected({ code: 'role-too-low' })
      })
    }

  it('owners and admins can also ban users who are not participants, members nobody', () => {
    given(chatDecider, everyone).when(ban('owner', 'eve')).then(banned('owner', 'eve'))
    given(chatDecider, everyone).when(ban('admin', 'eve')).then(banned('admin', 'eve'))
    given(chatDecider, everyone).when(ban('member', 'eve')).thenRejected({ code: 'role-too-low' })
  })

  it('is refused for oneself', () => {
    for (const role of ranks) given(chatDecider, everyone).when(ban(role, role)).thenRejected({ code: 'role-too-low' })
  })

  it('a second ban changes nothing; after an unban it is a new ban', () => {
    given(chatDecider, created(), banned('ada', 'bob')).when(ban('ada', 'bob')).then()
    given(chatDecider, created(), banned('ada', 'bob'), unbanned('ada', 'bob'))
      .when(ban('ada', 'bob'))
      .then(banned('ada', 'bob'))
  })

  it('is refused to outsiders and in direct chats', () => {
    given(chatDecider, everyone).when(ban('eve', 'member')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, direct).when(ban('eve', 'bob')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, direct).when(ban('ada', 'bob')).thenRejected({ code: 'direct-chat' })
    given(chatDecider, direct).when(ban('ada', 'eve')).thenRejected({ code: 'direct-chat' })
  })

  it('is allowed in an archived chat', () => {
    given(chatDecider, created(), archived('ada')).when(ban('ada', 'bob')).then(banned('ada', 'bob'))
  })

  it('ends the membership', () => {
    given(chatDecider, created(), banned('ada', 'bob')).when(send('bob', 1)).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, created(), banned('ada', 'bob'))
      .when({ type: 'LeaveChat', userId: 'bob' })
      .thenRejected({ code: 'not-a-participant' })
  })
})

describe('a banned user', () => {
  const join = { type: 'JoinChat', userId: 'bob' } as const

  it('cannot join, with the refusal of a chat by invitation', () => {
    given(chatDecider, open, banned('ada', 'bob')).when(join).thenRejected({ code: 'not-a-participant' })
  })

  it('cannot use an invite, with the refusal of an invalid code', () => {
    given(chatDecider, created(), invited(), banned('ada', 'bob'))
      .when({ type: 'JoinByInvite', userId: 'bob', invite: 'invite', now: originalAt })
      .thenRejected({ code: 'invite-not-found' })
  })

  it('cannot be added, also together with others', () => {
    for (const userIds of [['bob'], ['cem', 'bob']])
      given(chatDecider, created(), banned('ada', 'bob'))
        .when({ type: 'AddParticipants', userIds, role: 'member', by: 'ada' })
        .thenRejected({ code: 'banned' })
  })

  it('is not added by an import', () => {
    const line = { line: 9, originalAt }
    given(chatDecider, imported, joined('bob'), banned('ada', 'bob'))
      .when({ ...join, ...line })
      .thenRejected({ code: 'banned' })
    given(chatDecider, imported, joined('bob'), banned('ada', 'bob'))
      .when({ ...send('bob', 1), ...line })
      .thenRejected({ code: 'banned' })
  })
})

describe('lifting a ban', () => {
  it('allows the user to join again, and does not restore the membership', () => {
    const past = [banned('ada', 'bob'), unbanned('ada', 'bob')]
    given(chatDecider, open, joined('bob'), ...past)
      .when({ type: 'JoinChat', userId: 'bob' })
      .then(joined('bob'))
    given(chatDecider, open, joined('bob'), ...past)
      .when(send('bob', 1))
      .thenRejected({ code: 'not-a-participant' })
    given(chatDecider, created(), sent('ada', 1), ...past)
      .when({ type: 'AddParticipants', userIds: ['bob'], role: 'member', by: 'ada' })
      .then({ type: 'ParticipantAdded', userId: 'bob', role: 'member', by: 'ada', lastSeq: 1 })
  })

  it('is allowed to owners and admins; for a user who is not banned it changes nothing', () => {
    for (const role of ['owner', 'admin'] as const)
      given(chatDecider, everyone, banned('owner', 'eve')).when(unban(role, 'eve')).then(unbanned(role, 'eve'))
    given(chatDecider, everyone).when(unban('owner', 'member')).then()
    given(chatDecider, everyone, left('member')).when(unban('admin', 'member')).then()
    given(chatDecider, everyone, banned('owner', 'eve'))
      .when(unban('member', 'eve'))
      .thenRejected({ code: 'role-too-low' })
    given(chatDecider, everyone, banned('owner', 'eve'))
      .when(unban('eve', 'eve'))
      .thenRejected({ code: 'not-a-participant' })
    given(chatDecider, direct).when(unban('ada', 'bob')).thenRejected({ code: 'direct-chat' })
  })
})
