import { expect } from 'chai'
import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { ChatCommand } from '../../../src/domain/chat/commands.js'
import { given } from '../../support/given-when-then.js'
import { created, direct, imported, joined, originalAt } from './chat-events.js'

const create = (change: Partial<Extract<ChatCommand, { type: 'CreateChat' }>> = {}): ChatCommand => ({
  type: 'CreateChat',
  chatType: 'group',
  by: 'ada',
  participantIds: ['bob', 'cem'],
  name: 'Garden',
  historyVisibility: 'since-joined',
  joinPolicy: 'open',
  imported: false,
  ...change,
})

describe('creating a chat', () => {
  it('the creator is owner, the others are members, in one event', () => {
    given(chatDecider)
      .when(create())
      .then({
        type: 'ChatCreated',
        chatType: 'group',
        createdBy: 'ada',
        participants: [
          { userId: 'ada', role: 'owner' },
          { userId: 'bob', role: 'member' },
          { userId: 'cem', role: 'member' },
        ],
        historyVisibility: 'since-joined',
        joinPolicy: 'open',
        imported: false,
        name: 'Garden',
      })
  })

  it('a direct chat has its two members', () => {
    given(chatDecider)
      .when(
        create({
          chatType: 'direct',
          participantIds: ['bob'],
          name: null,
          historyVisibility: 'full',
          joinPolicy: 'invite',
        }),
      )
      .then({ ...direct, name: null })
  })

  it('an imported one keeps its original time', () => {
    given(chatDecider)
      .when(create({ participantIds: [], historyVisibility: 'full', joinPolicy: 'invite', imported: true, originalAt }))
      .then({ ...imported, name: 'Garden' })
  })

  it('an existing chat is not changed, whoever asks', () => {
    given(chatDecider, direct)
      .when(create({ chatType: 'direct', by: 'bob', participantIds: ['ada'] }))
      .then()
  })

  it('an import cannot take over a native chat, nor a client an imported one', () => {
    given(chatDecider, created())
      .when(create({ imported: true }))
      .thenRejected({ code: 'not-imported' })
    given(chatDecider, imported).when(create()).thenRejected({ code: 'not-imported' })
  })

  it('a second import of the same chat changes nothing', () => {
    given(chatDecider, imported)
      .when(create({ imported: true }))
      .then()
  })

  it('every command before the creation is refused as for an outsider', () => {
    const commands: ChatCommand[] = [
      { type: 'JoinChat', userId: 'ada' },
      { type: 'LeaveChat', userId: 'ada' },
      { type: 'AddParticipants', userIds: ['bob'], role: 'member', by: 'ada' },
      { type: 'RemoveParticipant', userId: 'bob', by: 'ada' },
      { type: 'RemoveParticipant', userId: 'ada', by: 'ada' },
    ]
    for (const command of commands) given(chatDecider).when(command).thenRejected({ code: 'not-a-participant' })
  })

  it('a stream that does not start with its creation is an error, not a refusal', () => {
    expect(() => given(chatDecider, joined('bob'))).to.throw('a chat cannot begin with ParticipantJoined')
  })
})
