import { MAX_BLOCKS, userDecider } from '../../../src/domain/user/user.js'
import { given } from '../../support/given-when-then.js'

const userId = 'ada'
const originalAt = '2019-05-01T10:00:00.000Z'
const register = { type: 'RegisterUser', userId, name: 'Ada', imported: false } as const
const registered = { type: 'UserRegistered', userId, imported: false, name: 'Ada' } as const

describe('registering a user', () => {
  it('is recorded once; a second time changes nothing', () => {
    given(userDecider).when(register).then(registered)
    given(userDecider, registered)
      .when({ ...register, name: 'Ada II' })
      .then()
  })

  it('an imported registration keeps the original time, and cannot be combined with a native one', () => {
    const imported = { imported: true, originalAt }
    given(userDecider)
      .when({ ...register, ...imported })
      .then({ ...registered, ...imported })
    given(userDecider, { ...registered, ...imported })
      .when({ ...register, ...imported })
      .then()
    given(userDecider, { ...registered, ...imported })
      .when(register)
      .thenRejected({ code: 'not-imported' })
    given(userDecider, registered)
      .when({ ...register, ...imported })
      .thenRejected({ code: 'not-imported' })
  })
})

describe('changing a profile', () => {
  const change = (what: { name?: string; avatarUrl?: string | null; statusText?: string | null }) =>
    ({ type: 'ChangeProfile', userId, change: what }) as const

  it('records only the given fields; null removes a value', () => {
    given(userDecider, registered)
      .when(change({ name: 'Ada L.' }))
      .then({ type: 'ProfileChanged', userId, name: 'Ada L.' })
    given(userDecider, registered)
      .when(change({ avatarUrl: null, statusText: 'away' }))
      .then({ type: 'ProfileChanged', userId, avatarUrl: null, statusText: 'away' })
  })

  it('without fields changes nothing', () => {
    given(userDecider, registered).when(change({})).then()
  })

  it('an imported change keeps its original time', () => {
    given(userDecider, { ...registered, imported: true })
      .when({ ...change({ name: 'Countess' }), originalAt })
      .then({ type: 'ProfileChanged', userId, originalAt, name: 'Countess' })
  })

  it('is refused for an unknown user', () => {
    given(userDecider)
      .when(change({ name: 'Ada' }))
      .thenRejected({ code: 'user-not-found', userId })
  })

  it('leaves the user registered', () => {
    given(userDecider, registered, { type: 'ProfileChanged', userId }).when(register).then()
  })
})

describe('blocking a user', () => {
  const block = (blockedId: string, on = true) => ({ type: 'BlockUser', userId, blockedId, on }) as const
  const blocked = (blockedId: string) => ({ type: 'UserBlocked', userId, blockedId }) as const
  const unblocked = (blockedId: string) => ({ type: 'UserUnblocked', userId, blockedId }) as const

  it('is recorded once, and so is unblocking', () => {
    given(userDecider, registered).when(block('bob')).then(blocked('bob'))
    given(userDecider, registered, blocked('bob')).when(block('bob')).then()
    given(userDecider, registered, blocked('bob')).when(block('bob', false)).then(unblocked('bob'))
    given(userDecider, registered).when(block('bob', false)).then()
    given(userDecider, registered, blocked('bob'), unblocked('bob')).when(block('bob')).then(blocked('bob'))
  })

  it('is refused for oneself, and for an unknown user', () => {
    given(userDecider, registered).when(block(userId)).thenRejected({ code: 'own-account' })
    given(userDecider, registered).when(block(userId, false)).then()
    given(userDecider).when(block('bob')).thenRejected({ code: 'user-not-found', userId })
    given(userDecider).when(block('bob', false)).thenRejected({ code: 'user-not-found', userId })
  })

  it('is limited in number, without counting a repeated block', () => {
    const many = Array.from({ length: MAX_BLOCKS }, (_, index) => blocked(`p${index}`))
    given(userDecider, registered, ...many)
      .when(block('bob'))
      .thenRejected({ code: 'too-many-blocks' })
    given(userDecider, registered, ...many)
      .when(block('p7'))
      .then()
    given(userDecider, registered, ...many, unblocked('p7'))
      .when(block('bob'))
      .then(blocked('bob'))
  })

  it('is kept by a change of profile', () => {
    given(userDecider, registered, blocked('bob'), { type: 'ProfileChanged', userId }).when(block('bob')).then()
  })
})

describe('events of identity', () => {
  const told = [
    [
      { type: 'OpenSession', userId, sessionId: 's' },
      { type: 'SessionOpened', userId, sessionId: 's' },
    ],
    [
      { type: 'RevokeSession', userId, sessionId: 's', reason: 'logout' },
      { type: 'SessionRevoked', userId, sessionId: 's', reason: 'logout' },
    ],
    [
      { type: 'ChangePassword', userId },
      { type: 'PasswordChanged', userId },
    ],
  ] as const

  for (const [command, event] of told) {
    it(`${command.type}: is recorded for a known user`, () => {
      given(userDecider, registered).when(command).then(event)
      given(userDecider).when(command).thenRejected({ code: 'user-not-found', userId })
      given(userDecider, registered, event).when(register).then()
    })
  }
})

describe('the end of an erasure', () => {
  const erased = { type: 'UserErased', userId } as const
  const complete = { type: 'CompleteErasure', userId } as const

  it('is recorded once, for a known user', () => {
    given(userDecider, registered).when(complete).then(erased)
    given(userDecider, registered, erased).when(complete).then()
    given(userDecider).when(complete).thenRejected({ code: 'user-not-found', userId })
  })

  it('leaves a user that is not registered, changed or logged in again', () => {
    const after = given(userDecider, registered, erased)
    after.when(register).thenRejected({ code: 'user-not-found', userId })
    after.when({ type: 'OpenSession', userId, sessionId: 's' }).thenRejected({ code: 'user-not-found', userId })
  })
})
