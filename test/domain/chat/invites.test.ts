import { chatDecider } from '../../../src/domain/chat/chat.js'
import type { ChatEvent } from '../../../src/domain/chat/events.js'
import { MAX_INVITES } from '../../../src/domain/chat/settings.js'
import type { Decided } from '../../../src/domain/event.js'
import { given } from '../../support/given-when-then.js'
import { archived, created, direct, invited, joined, left, roleChanged, sent } from './chat-events.js'

const now = '2026-05-01T12:00:00.000Z'
const later = '2026-05-01T12:00:00.001Z'
const join = (userId: string, invite = 'invite') => ({ type: 'JoinByInvite', userId, invite, now }) as const
const joinedBy = (userId: string, lastSeq = 0, invite = 'invite'): Decided<ChatEvent> => ({
  type: 'ParticipantJoined',
  userId,
  lastSeq,
  invite,
})
const revoked = (by: string, invite = 'invite'): Decided<ChatEvent> => ({ type: 'InviteRevoked', invite, by })
const create = (by: string, change: { expiresAt?: string; maxUses?: number } = {}) =>
  ({ type: 'CreateInvite', invite: 'invite', by, now, expiresAt: null, maxUses: null, ...change }) as const
const revoke = (by: string, invite = 'invite') => ({ type: 'RevokeInvite', invite, by }) as const

const withAdmin = created({ ada: 'owner', bob: 'member', cem: 'admin' })

describe('creating an invite', () => {
  it('is allowed to owners and admins', () => {
    given(chatDecider, withAdmin).when(create('ada')).then(invited())
    given(chatDecider, withAdmin)
      .when(create('cem', { expiresAt: later, maxUses: 3 }))
      .then(invited({ by: 'cem', expiresAt: later, maxUses: 3 }))
    given(chatDecider, withAdmin).when(create('bob')).thenRejected({ code: 'role-too-low' })
    given(chatDecider, withAdmin).when(create('eve')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider).when(create('ada')).thenRejected({ code: 'not-a-participant' })
  })

  it('is refused in direct and archived chats', () => {
    given(chatDecider, direct).when(create('ada')).thenRejected({ code: 'direct-chat' })
    given(chatDecider, created(), archived('ada')).when(create('ada')).thenRejected({ code: 'chat-archived' })
  })

  it('is recorded once', () => {
    given(chatDecider, created(), invited()).when(create('ada')).then()
  })

  const many = (expiresAt: (index: number) => string | null) =>
    Array.from({ length: MAX_INVITES }, (_, index) => invited({ invite: `i${index}`, expiresAt: expiresAt(index) }))

  it('is limited in the number of usable invites', () => {
    given(chatDecider, created(), ...many(() => later))
      .when(create('ada'))
      .thenRejected({ code: 'too-many-invites' })
    given(chatDecider, created(), ...many(() => null), revoked('ada', 'i7'))
      .when(create('ada'))
      .then(invited())
  })

  it('does not count expired invites', () => {
    given(chatDecider, created(), ...many((index) => (index < 2 ? now : later)))
      .when(create('ada'))
      .then(revoked('ada', 'i0'), revoked('ada', 'i1'), invited())
  })
})

describe('joining by an invite', () => {
  it('is allowed to anyone with the code; earlier messages count as read', () => {
    given(chatDecider, created(), invited(), sent('ada', 1)).when(join('eve')).then(joinedBy('eve', 1))
  })

  it('an existing member keeps the role, and does not count as a use', () => {
    given(chatDecider, created(), invited({ maxUses: 1 }))
      .when(join('bob'))
      .then()
    given(chatDecider, created()).when(join('bob', 'made up')).then()
  })

  it('is refused from the time of expiry on', () => {
    given(chatDecider, created(), invited({ expiresAt: later }))
      .when(join('eve'))
      .then(joinedBy('eve'))
    given(chatDecider, created(), invited({ expiresAt: now }))
      .when(join('eve'))
      .thenRejected({ code: 'invite-not-found' })
  })

  it('is refused after the last use', () => {
    given(chatDecider, created(), invited({ maxUses: 2 }), joinedBy('cem'))
      .when(join('eve'))
      .then(joinedBy('eve'))
    given(chatDecider, created(), invited({ maxUses: 2 }), joinedBy('cem'), joinedBy('dag'))
      .when(join('eve'))
      .thenRejected({ code: 'invite-not-found' })
    given(chatDecider, created(), invited({ maxUses: 1 }), joined('cem'))
      .when(join('eve'))
      .then(joinedBy('eve'))
  })

  it('a use counts also when the user has left', () => {
    given(chatDecider, created(), invited({ maxUses: 1 }), joinedBy('cem'), left('cem'))
      .when(join('cem'))
      .thenRejected({ code: 'invite-not-found' })
  })

  it('gets the same refusal for an invalid or revoked code, an archived chat and an unknown one', () => {
    given(chatDecider, created(), invited()).when(join('eve', 'made up')).thenRejected({ code: 'invite-not-found' })
    given(chatDecider, created(), invited(), revoked('ada'))
      .when(join('eve'))
      .thenRejected({ code: 'invite-not-found' })
    given(chatDecider, created(), invited(), archived('ada'))
      .when(join('eve'))
      .thenRejected({ code: 'invite-not-found' })
    given(chatDecider, direct).when(join('eve')).thenRejected({ code: 'invite-not-found' })
    given(chatDecider).when(join('eve')).thenRejected({ code: 'invite-not-found' })
  })

  it('the first user to join an empty chat becomes its owner', () => {
    given(chatDecider, created({ ada: 'owner' }), invited(), left('ada'))
      .when(join('eve'))
      .then(joinedBy('eve'), roleChanged('eve', 'owner', 'eve'))
  })
})

describe('revoking an invite', () => {
  it('is allowed to owners and admins; an unknown one changes nothing', () => {
    given(chatDecider, withAdmin, invited()).when(revoke('cem')).then(revoked('cem'))
    given(chatDecider, withAdmin, invited(), revoked('cem')).when(revoke('ada')).then()
    given(chatDecider, withAdmin).when(revoke('ada', 'made up')).then()
    given(chatDecider, withAdmin, invited()).when(revoke('bob')).thenRejected({ code: 'role-too-low' })
    given(chatDecider, withAdmin, invited()).when(revoke('eve')).thenRejected({ code: 'not-a-participant' })
    given(chatDecider, direct).when(revoke('ada')).thenRejected({ code: 'direct-chat' })
  })

  it('is allowed in an archived chat', () => {
    given(chatDecider, created(), invited(), archived('ada')).when(revoke('ada')).then(revoked('ada'))
  })
})
