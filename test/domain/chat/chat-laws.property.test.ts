import { expect } from 'chai'
import fc from 'fast-check'
import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { ChatCommand } from '../../../src/domain/chat/commands.js'
import type { Chat } from '../../../src/domain/chat/state.js'
import type { ChatEvent, Role } from '../../../src/domain/chat/events.js'
import type { PublicEvent } from '../../../src/domain/event.js'
import { originalAt } from './chat-events.js'

const people = ['ada', 'bob', 'cem', 'dag']
const user = fc.constantFrom(...people)
const role = fc.constantFrom<Role>('owner', 'admin', 'member')

const message = { messageId: 'm', messageType: 'text', content: 'hi', metadata: null, clientMessageId: null }
const byOne = fc.oneof(
  user.map((userId) => ({ type: 'JoinChat' as const, userId })),
  user.map((userId) => ({ type: 'LeaveChat' as const, userId })),
  user.map((senderId) => ({ type: 'SendMessage' as const, senderId, ...message })),
)
const invite = fc.constantFrom('i1', 'i2')
const now = fc.constantFrom('2026-05-01T12:00:00.000Z', '2026-05-01T12:00:01.000Z')
const byInvite = fc.record({ type: fc.constant('JoinByInvite' as const), userId: user, invite, now })
const byTwo = fc.oneof(
  fc.record({ type: fc.constant('AddParticipants' as const), userIds: fc.array(user), role, by: user }),
  fc.record({ type: fc.constant('RemoveParticipant' as const), userId: user, by: user }),
  fc.record({ type: fc.constant('ChangeParticipantRole' as const), userId: user, role, by: user }),
  fc.record({ type: fc.constant('BanParticipant' as const), userId: user, by: user }),
  fc.record({ type: fc.constant('UnbanParticipant' as const), userId: user, by: user }),
)
const settings = fc.oneof(
  fc.record({ type: fc.constantFrom('ArchiveChat' as const, 'UnarchiveChat' as const), by: user }),
  fc.record({
    type: fc.constant('ChangeChat' as const),
    by: user,
    change: fc.constantFrom({ joinPolicy: 'open' as const }, { historyVisibility: 'since-joined' as const }),
  }),
  fc.record({
    type: fc.constant('CreateInvite' as const),
    by: user,
    invite,
    now,
    expiresAt: fc.option(now),
    maxUses: fc.constantFrom(null, 1),
  }),
  fc.record({ type: fc.constant('RevokeInvite' as const), by: user, invite }),
)

const create = fc.record({
  type: fc.constant('CreateChat' as const),
  by: fc.constant('ada'),
  name: fc.constant(null),
  historyVisibility: fc.constantFrom('full' as const, 'since-joined' as const),
  joinPolicy: fc.constantFrom('invite' as const, 'open' as const),
})
const createDirect = create.map((chat) => ({
  ...chat,
  chatType: 'direct' as const,
  participantIds: ['bob'],
  imported: false,
}))
const createGroup = fc
  .tuple(create, fc.subarray(people.slice(1)), fc.boolean())
  .map(([chat, participantIds, imported]) => ({ ...chat, chatType: 'group' as const, participantIds, imported }))

/** Commands of people and, some of them, lines of an import, whose numbers rise. */
const afterwards = fc

  .array(fc.oneof(byTwo, byOne, byInvite, settings, fc.record({ isLine: fc.constant(true), command: byOne })), {
    maxLength: 40,
  })
  .map((steps) =>
    steps.map((step, index): ChatCommand =>
      'isLine' in step ? { ...step.command, line: index + 1, originalAt } : step,
    ),
  )

interface Step {
  command: ChatCommand
  before: Chat
  outcome: ReturnType<typeof chatDecider.decide>
  after: Chat
}

/** Decides one command after the other, each from the state that the events before it fold to. */
function run(commands: readonly ChatCommand[]): Step[] {
  let chat = chatDecider.initial
  return commands.map((command) => {
    const before = chat
    const outcome = chatDecider.decide(command, before)
    if (outcome.kind === 'accepted') for (const event of outcome.events) chat = chatDecider.evolve(chat, event)
    return { command, before, outcome, after: chat }
  })
}

/** Each event of the chat, with the state before and after it. */
function eventsOf(steps: readonly Step[]): { event: PublicEvent<ChatEvent>; before: Chat; after: Chat }[] {
  let chat = chatDecider.initial
  const events = steps.flatMap(({ outcome }) => (outcome.kind === 'accepted' ? outcome.events : []))
  return events.map((event) => {
    const before = chat
    chat = chatDecider.evolve(chat, event)
    return { event, before, after: chat }
  })
}

const peopleIn = (chat: Chat): string[] =>
  chat.status === 'open' ? [...chat.participants].map(([userId]) => userId) : []
const rolesIn = (chat: Chat): Role[] =>
  chat.status === 'open' ? [...chat.participants].map(([, { role }]) => role) : []

/** What can be compared. */
const plain = (chat: Chat): object =>
  chat.status === 'open'
    ? {
        ...chat,
        participants: [...chat.participants],
        past: [...chat.past],
        banned: [...chat.banned],
        invites: [...chat.invites],
      }
    : chat

/** Holds the law after any commands on any chat. */
function always(created: fc.Arbitrary<ChatCommand>, law: (steps: Step[]) => void): void {
  fc.assert(
    fc.property(created, afterwards, (first, rest) => law(run([first, ...rest]))),
    { numRuns: 500 },
  )
}

describe('laws of a chat, after any commands', () => {
  const anyChat = fc.oneof(createDirect, createGroup)

  it('messages are numbered from 1 without gaps', () => {
    always(anyChat, (steps) => {
      const seqs = eventsOf(steps).flatMap(({ event }) => (event.type === 'MessageSent' ? event.seq : []))
      expect(seqs).to.deep.equal(seqs.map((_, index) => index + 1))
    })
  })

  it('a group with participants has an owner', () => {
    always(createGroup, (steps) => {
      for (const { command, after } of steps) {
        if (rolesIn(after).length > 0) expect(rolesIn(after), JSON.stringify(command)).to.include('owner')
      }
    })
  })

  it('a direct chat has exactly its two members', () => {
    always(createDirect, (steps) => {
      for (const { command, after } of steps) expect(peopleIn(after), command.type).to.deep.equal(['ada', 'bob'])
    })
  })

  it('no participant is banned', () => {
    always(createGroup, (steps) => {
      for (const { command, after } of steps)
        if (after.status === 'open')
          expect(
            peopleIn(after).filter((userId) => after.banned.has(userId)),
            JSON.stringify(command),
          ).to.deep.equal([])
    })
  })

  it('an archived chat gets no messages, and no joins except by an import', () => {
    always(anyChat, (steps) => {
      for (const { command, before, outcome } of steps) {
        if (before.status === 'absent' || !before.archived || 'line' in command) continue
        const types = outcome.kind === 'accepted' ? outcome.events.map(({ type }) => type) : []
        for (const type of ['MessageSent', 'ParticipantJoined', 'ParticipantAdded', 'ChatChanged', 'InviteCreated'])
          expect(types, JSON.stringify(command)).not.to.include(type)
      }
    })
  })

  it('a sender is a participant before the message', () => {
    always(anyChat, (steps) => {
      for (const { event, before } of eventsOf(steps)) {
        if (event.type === 'MessageSent') expect(peopleIn(before)).to.include(event.senderId)
      }
    })
  })

  it('every event changes participants, roles, messages or settings', () => {
    always(anyChat, (steps) => {
      for (const { event, before, after } of eventsOf(steps))
        expect(plain(after), event.type).not.to.deep.equal(plain(before))
    })
  })

  it('a decision does not change the state, and is deterministic', () => {
    always(anyChat, (steps) => {
      for (const { command, before, outcome } of steps) {
        const copy = plain(before)
        expect(chatDecider.decide(command, before)).to.deep.equal(outcome)
        expect(plain(before)).to.deep.equal(copy)
      }
    })
  })

  it('an accepted command repeated at once changes nothing, except that a former member is an outsider and a message is sent twice', () => {
    always(anyChat, (steps) => {
      for (const { command, outcome, after } of steps) {
        if (outcome.kind === 'rejected' || command.type === 'SendMessage') continue
        const again = chatDecider.decide(command, after)
        if (isGoing(command)) {
          expect(again).to.deep.equal({ kind: 'rejected', rejection: { code: 'not-a-participant' } })
        } else {
          expect(again).to.deep.equal({ kind: 'accepted', events: [] })
        }
      }
    })
  })
})

/** A line of an import that the chat has been past is not refused. */
const isGoing = (command: ChatCommand): boolean =>
  (command.type === 'LeaveChat' && !('line' in command)) ||
  (command.type === 'RemoveParticipant' && command.userId === command.by)
