import { chatDecider } from '../../../src/domain/chat/chat.js'
import { MAX_EMOJIS, MAX_OWN_EMOJIS, MAX_PINS } from '../../../src/domain/chat/messages.js'
import type { KnownMessage, MessageFact } from '../../../src/domain/chat/message-fact.js'
import { given } from '../../support/given-when-then.js'
import { archived, created, direct, fact, joined, sent } from './chat-events.js'

const messageId = 'message 1'
const { sentVersion } = fact()
const react = (userId: string, emoji: string, change: Partial<KnownMessage> = {}, on = true) =>
  ({ type: 'React', messageId, userId, emoji, on, message: fact(change) }) as const
const reacted = (userId: string, emoji: string) =>
  ({ type: 'ReactionAdded', messageId, sentVersion, userId, emoji }) as const
const tookBack = (userId: string, emoji: string) =>
  ({ type: 'ReactionRemoved', messageId, sentVersion, userId, emoji }) as const

const emojis = (count: number): [string, number][] => Array.from({ length: count }, (_, index) => [`e${index}`, 1])

describe('reacting to a message', () => {
  it('is one per user and emoji', () => {
    given(chatDecider, created(), sent('ada', 1)).when(react('bob', '👍')).then(reacted('bob', '👍'))
    given(chatDecider, created(), sent('ada', 1))
      .when(react('bob', '👍', { mine: new Set(['👍']) }))
      .then()
  })

  it('is removed once', () => {
    given(chatDecider, created(), sent('ada', 1))
      .when(react('bob', '👍', { mine: new Set(['👍']) }, false))
      .then(tookBack('bob', '👍'))
    given(chatDecider, created(), sent('ada', 1))
      .when(react('bob', '👍', {}, false))
      .then()
  })

  it(`is limited to ${MAX_OWN_EMOJIS} emoji of one user`, () => {
    const mine = (count: number) => ({ mine: new Set(emojis(count).map(([emoji]) => emoji)) })
    given(chatDecider, created(), sent('ada', 1))
      .when(react('bob', '👍', mine(MAX_OWN_EMOJIS)))
      .thenRejected({ code: 'too-many-reactions' })
    given(chatDecider, created(), sent('ada', 1))
      .when(react('bob', '👍', mine(MAX_OWN_EMOJIS - 1)))
      .then(reacted('bob', '👍'))
  })

  it(`is limited to ${MAX_EMOJIS} different emoji, but any number of users with one of them`, () => {
    const full = new Map(emojis(MAX_EMOJIS))
    given(chatDecider, created(), sent('ada', 1))
      .when(react('bob', '👍', { emojis: full }))
      .thenRejected({ code: 'too-many-reactions' })
    given(chatDecider, created(), sent('ada', 1))
      .when(react('bob', 'e0', { emojis: full }))
      .then(reacted('bob', 'e0'))
  })

  it('is refused for a deleted message, in an archived chat, and to outsiders', () => {
    given(chatDecider, created(), sent('ada', 1))
      .when(react('bob', '👍', { status: 'deleted' }))
      .thenRejected({ code: 'message-deleted' })
    given(chatDecider, created(), sent('ada', 1), archived('ada'))
      .when(react('bob', '👍'))
      .thenRejected({ code: 'chat-archived' })
    given(chatDecider, created(), sent('ada', 1)).when(react('eve', '👍')).thenRejected({ code: 'not-a-participant' })
  })

  it('is refused to users who may not see the message', () => {
    given(
      chatDecider,
      created({ ada: 'owner' }, { historyVisibility: 'since-joined' }),
      sent('ada', 1),
      joined('late', 1),
    )
      .when(react('late', '👍'))
      .thenRejected({ code: 'message-not-found' })
  })
})

describe('pinning a message', () => {
  const pin = (by: string, message: MessageFact = fact(), on = true) =>
    ({ type: 'PinMessage', messageId, by, on, message }) as const
  const pinned = (by: string, id = messageId) => ({ type: 'MessagePinned', messageId: id, sentVersion, by }) as const
  const unpinned = (by: string) => ({ type: 'MessageUnpinned', messageId, sentVersion, by }) as const

  it('is allowed to every participant, once', () => {
    for (const first of [created(), direct])
      given(chatDecider, first, sent('ada', 1)).when(pin('bob')).then(pinned('bob'))
    given(chatDecider, created(), sent('ada', 1), pinned('bob'))
      .when(pin('ada', fact({ pinned: true })))
      .then()
  })

  it('is undone once', () => {
    given(chatDecider, created(), sent('ada', 1), pinned('bob'))
      .when(pin('ada', fact({ pinned: true }), false))
      .then(unpinned('ada'))
    given(chatDecider, created(), sent('ada', 1))
      .when(pin('ada', fact(), false))
      .then()
  })

  it(`is limited to ${MAX_PINS} messages of a chat`, () => {
    const pins = Array.from({ length: MAX_PINS }, (_, index) => pinned('ada', `other ${index}`))
    given(chatDecider, created(), sent('ada', 1), ...pins)
      .when(pin('ada'))
      .thenRejected({ code: 'too-many-pins' })
    given(chatDecider, created(), sent('ada', 1), ...pins, unpinned('ada'))
      .when(pin('ada'))
      .then(pinned('ada'))
  })

  it('is refused for a deleted message', () => {
    given(chatDecider, created(), sent('ada', 1))
      .when(pin('ada', fact({ status: 'deleted' })))
      .thenRejected({ code: 'message-deleted' })
  })

  it('is refused to outsiders, to users who may not see the message, and in an archived chat', () => {
    const hiding = created({ ada: 'owner' }, { historyVisibility: 'since-joined' })
    for (const on of [true, false]) {
      given(chatDecider, created(), sent('ada', 1))
        .when(pin('eve', fact(), on))
        .thenRejected({ code: 'not-a-participant' })
      given(chatDecider, hiding, sent('ada', 1), joined('late', 1))
        .when(pin('late', fact(), on))
        .thenRejected({ code: 'message-not-found' })
      given(chatDecider, created(), sent('ada', 1), archived('ada'))
        .when(pin('bob', fact(), on))
        .thenRejected({ code: 'chat-archived' })
    }
  })
})
