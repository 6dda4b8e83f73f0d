import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { ChatEvent, Role } from '../../../src/domain/chat/events.js'
import type { Decided } from '../../../src/domain/event.js'
import { given } from '../../support/given-when-then.js'
import { created, direct, left, roleChanged, sent } from './chat-events.js'

const add = (by: string, userIds: string[], role: Role = 'member') =>
  ({ type: 'AddParticipants', userIds, role, by }) as const
const added = (by: string, userId: string, role: Role = 'member', lastSeq = 0): Decided<ChatEvent> => ({
  type: 'ParticipantAdded',
  userId,
  role,
  by,
  lastSeq,
})
const remove = (by: string, userId: string) => ({ type: 'RemoveParticipant', userId, by }) as const
const removed = (by: string, userId: string): Decided<ChatEvent> => ({ type: 'ParticipantRemoved', userId, by })

const ranks: Role[] = ['member', 'admin', 'owner']
const everyone = created({
  owner: 'owner',
  owner2: 'owner',
  admin: 'admin',
  admin2: 'admin',
  member: 'member',
  member2: 'member',
})

const bot = (by: string, role: Role = 'member', userId = 'bot', ownerId = by): Decided<ChatEvent> => ({
  type: 'ParticipantAdded',
  userId,
  role,
  by,
  lastSeq: 0,
  ownerId,
})
const withBot = { ...add('bob', ['bot']), owners: { bot: 'bob' } }

describe('a bot in a chat', () => {
  it('is added where its owner is a participant, or added together with it', () => {
    given(chatDecider, created()).when(withBot).then(bot('bob'))
    given(chatDecider, created())
      .when({ ...add('ada', ['bot', 'cem']), owners: { bot: 'cem' } })
      .then(bot('ada', 'member', 'bot', 'cem'), added('ada', 'cem'))
    given(chatDecider, created())
      .when({ ...add('ada', ['bot']), owners: { bot: 'cem' } })
      .thenRejected({ code: 'bot-owner-absent' })
  })

  it('is removed with its owner, however they leave', () => {
    const chat = () => given(chatDecider, created(), bot('bob'))
    const gone = (by: string) => removed(by, 'bot')
    chat().when({ type: 'LeaveChat', userId: 'bob' }).then(gone('bob'), left('bob'))
    chat().when(remove('ada', 'bob')).then(gone('ada'), removed('ada', 'bob'))
    chat()
      .when({ type: 'BanParticipant', userId: 'bob', by: 'ada' })
      .then(gone('ada'), { type: 'ParticipantBanned', userId: 'bob', by: 'ada' })
    chat().when(remove('ada', 'bot')).then(gone('ada'))
  })

  it('keeps its owner after a change of role, and never becomes owner of the chat', () => {
    given(chatDecider, created(), bot('ada', 'admin'), roleChanged('bot', 'owner', 'ada'))
      .when({ type: 'LeaveChat', userId: 'ada' })
      .then(roleChanged('bob', 'owner', 'ada'), removed('ada', 'bot'), left('ada'))
    given(chatDecider, created(), bot('bob', 'admin'))
      .when({ type: 'LeaveChat', userId: 'ada' })
      .then(roleChanged('bob', 'owner', 'ada'), left('ada'))
  })
})

describe('adding participants', () => {
  it('a member can add members; earlier messages count as read', () => {
    given(chatDecider, created(), sent('ada', 1))
      .when(add('bob', ['cem', 'dag']))
      .then(added('bob', 'cem', 'member', 1), added('bob', 'dag', 'member', 1))
  })

  it('an existing member, or one named twice, is not added again, and keeps the role', () => {
    given(chatDecider, created())
      .when(add('ada', ['bob', 'cem', 'cem'], 'admin'))
      .then(added('ada', 'cem', 'admin'))
    given(chatDecider, created())
      .when(add('ada', ['bob'], 'admin'))
      .then()
  })

  it('a removed user may be added again', () => {
    given(chatDecider, created(), removed('ada', 'bob'))
      .when(add('ada', ['bob']))
      .then(added('ada', 'bob'))
  })

  it('is refused to outsiders, also for themselves', () => {
    given(chatDecider, created())
      .when(add('eve', ['eve']))
      .thenRejected({ code: 'not-a-participant' })
    given(chatDecider, direct)
      .when(add('eve', ['eve']))
      .thenRejected({ code: 'not-a-participant' })
  })

  it('is refused in a direct chat', () => {
    given(chatDecider, direct)
      .when(add('ada', ['cem']))
      .thenRejected({ code: 'direct-chat' })
  })

  for (const own of ranks) {
    for (const role of ranks) {
      const mayAdd = ranks.indexOf(role) <= ranks.indexOf(own)
      it(`a participant of role ${own} ${mayAdd ? 'adds' : 'does not add'} one of role ${role}`, () => {
        const outcome = given(chatDecider, everyone).when(add(own, ['new'], role))
        if (mayAdd) outcome.then(added(own, 'new', role))
        else outcome.thenRejected({ code: 'role-too-low' })
      })
    }
  }
})

describe('removing a participant', () => {
  for (const own of ranks) {
    for (const theirs of ranks) {
      const mayRemove = own === 'owner' || ranks.indexOf(own) > ranks.indexOf(theirs)
      it(`a participant of role ${own} ${mayRemove ? 'removes' : 'does not remove'} one of role ${theirs}`, () => {
        const other = own === theirs ? `${theirs}2` : theirs
        const outcome = given(chatDecider, everyone).when(remove(own, other))
        if (mayRemove) outcome.then(removed(own, other))
        else outcome.thenRejected({ code: 'role-too-low' })
      })
    }
  }

  it('removing a user who is not a participant changes nothing, for those who may remove', () => {
    given(chatDecider, everyone).when(remove('owner', 'eve')).then()
    given(chatDecider, everyone).when(remove('admin', 'eve')).then()
    given(chatDecider, everyone).when(remove('member', 'eve')).thenRejected({ code: 'role-too-low' })
  })

  it('is refused to outsiders', () => {
    given(chatDecider, everyone).when(remove('eve', 'member')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, everyone).when(remove('eve', 'eve')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, direct).when(remove('eve', 'bob')).thenRejected({ code: 'not-a-participant' })
  })

  it('is refused in a direct chat', () => {
    given(chatDecider, direct).when(remove('ada', 'bob')).thenRejected({ code: 'direct-chat' })
    given(chatDecider, direct).when(remove('bob', 'bob')).thenRejected({ code: 'direct-chat' })
  })

  it('removing oneself is leaving, with a new owner where needed', () => {
    given(chatDecider, created()).when(remove('bob', 'bob')).then(left('bob'))
    given(chatDecider, created())
      .when(remove('ada', 'ada'))
      .then(roleChanged('bob', 'owner', 'ada'), left('ada'))
  })
})
