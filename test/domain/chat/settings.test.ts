import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { ChatEvent } from '../../../src/domain/chat/events.js'
import type { Decided } from '../../../src/domain/event.js'
import { given } from '../../support/given-when-then.js'
import { archived, created, direct, joined, left, send, sent, unarchived } from './chat-events.js'

type Change = Parameters<typeof changed>[1]
const change = (by: string, what: Change) => ({ type: 'ChangeChat', by, change: what }) as const
const changed = (
  by: string,
  what: { name?: string | null; historyVisibility?: 'full' | 'since-joined'; joinPolicy?: 'invite' | 'open' },
): Decided<ChatEvent> => ({ type: 'ChatChanged', by, ...what })

const withAdmin = created({ ada: 'owner', bob: 'member', cem: 'admin' })

describe('changing a chat', () => {
  it('is allowed to owners and admins', () => {
    const what = { name: 'Orchard', historyVisibility: 'since-joined', joinPolicy: 'open' } as const
    for (const by of ['ada', 'cem']) given(chatDecider, withAdmin).when(change(by, what)).then(changed(by, what))
    given(chatDecider, withAdmin).when(change('bob', what)).thenRejected({ code: 'role-too-low' })
    given(chatDecider, withAdmin).when(change('eve', what)).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, withAdmin, left('cem')).when(change('cem', what)).thenRejected({ code: 'not-a-participant' })
    given(chatDecider).when(change('ada', what)).thenRejected({ code: 'not-a-participant' })
  })

  it('records only differences', () => {
    given(chatDecider, withAdmin)
      .when(change('ada', { historyVisibility: 'full', joinPolicy: 'open' }))
      .then(changed('ada', { joinPolicy: 'open' }))
    given(chatDecider, withAdmin)
      .when(change('ada', { historyVisibility: 'full', joinPolicy: 'invite' }))
      .then()
    given(chatDecider, withAdmin, changed('ada', { joinPolicy: 'open' }))
      .when(change('ada', { joinPolicy: 'open' }))
      .then()
    given(chatDecider, withAdmin).when(change('ada', {})).then()
  })

  it('null removes the name', () => {
    given(chatDecider, withAdmin)
      .when(change('ada', { name: null }))
      .then(changed('ada', { name: null }))
    given(chatDecider, withAdmin, changed('ada', { name: 'Orchard' }))
      .when(change('ada', { name: 'Orchard' }))
      .then(changed('ada', { name: 'Orchard' }))
  })

  it('the join policy decides whether users can join', () => {
    const join = { type: 'JoinChat', userId: 'eve' } as const
    const opened = changed('ada', { joinPolicy: 'open' })
    given(chatDecider, withAdmin, opened).when(join).then(joined('eve'))
    given(chatDecider, withAdmin, opened, changed('ada', { joinPolicy: 'invite' }))
      .when(join)
      .thenRejected({ code: 'not-a-participant' })
  })

  it('is refused in a direct chat', () => {
    given(chatDecider, direct)
      .when(change('ada', { name: 'Us' }))
      .thenRejected({ code: 'direct-chat' })
    given(chatDecider, direct)
      .when(change('eve', { name: 'Us' }))
      .thenRejected({ code: 'not-a-participant' })
  })
})

describe('archiving a chat', () => {
  const archive = (by: string) => ({ type: 'ArchiveChat', by }) as const
  const unarchive = (by: string) => ({ type: 'UnarchiveChat', by }) as const

  it('is allowed to owners and admins, and so is unarchiving', () => {
    for (const by of ['ada', 'cem']) {
      given(chatDecider, withAdmin).when(archive(by)).then(archived(by))
      given(chatDecider, withAdmin, archived('ada')).when(unarchive(by)).then(unarchived(by))
    }
    for (const command of [archive, unarchive]) {
      given(chatDecider, withAdmin).when(command('bob')).thenRejected({ code: 'role-too-low' })
      given(chatDecider, withAdmin).when(command('eve')).thenRejected({ code: 'not-a-participant' })
      given(chatDecider, direct).when(command('ada')).thenRejected({ code: 'direct-chat' })
    }
  })

  it('is recorded once', () => {
    given(chatDecider, withAdmin, archived('ada')).when(archive('cem')).then()
    given(chatDecider, withAdmin).when(unarchive('cem')).then()
    given(chatDecider, withAdmin, archived('ada'), unarchived('ada')).when(unarchive('cem')).then()
    given(chatDecider, withAdmin, archived('ada'), unarchived('ada')).when(archive('cem')).then(archived('cem'))
  })

  it('prevents messages, settings and joins', () => {
    const past = [withAdmin, archived('ada')] as const
    given(chatDecider, ...past)
      .when(send('ada', 1))
      .thenRejected({ code: 'chat-archived' })
    given(chatDecider, ...past)
      .when(change('ada', { name: 'Orchard' }))
      .thenRejected({ code: 'chat-archived' })
    given(chatDecider, ...past)
      .when({ type: 'AddParticipants', userIds: ['eve'], role: 'member', by: 'ada' })
      .thenRejected({ code: 'chat-archived' })
    given(chatDecider, withAdmin, changed('ada', { joinPolicy: 'open' }), archived('ada'))
      .when({ type: 'JoinChat', userId: 'eve' })
      .thenRejected({ code: 'not-a-participant' })
  })

  it('accepts commands that change nothing', () => {
    given(chatDecider, withAdmin, archived('ada'))
      .when({ type: 'AddParticipants', userIds: ['bob'], role: 'member', by: 'ada' })
      .then()
    given(chatDecider, withAdmin, archived('ada'))
      .when(change('ada', { joinPolicy: 'invite' }))
      .then()
  })

  it('allows users to leave and to be removed', () => {
    given(chatDecider, withAdmin, archived('ada')).when({ type: 'LeaveChat', userId: 'bob' }).then(left('bob'))
    given(chatDecider, withAdmin, archived('ada'))
      .when({ type: 'RemoveParticipant', userId: 'bob', by: 'ada' })
      .then({ type: 'ParticipantRemoved', userId: 'bob', by: 'ada' })
  })

  it('can be undone, and the chat is used as before', () => {
    given(chatDecider, withAdmin, archived('ada'), unarchived('ada')).when(send('bob', 1)).then(sent('bob', 1))
  })
})
