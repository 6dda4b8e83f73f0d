import { expect } from 'chai'
import type { AccountRole } from '../../../src/domain/roles/events.js'
import { rolesDecider, accountStatusIn, type RolesChange } from '../../../src/domain/roles/roles.js'
import { given } from '../../support/given-when-then.js'
import { uuid } from '../../support/uuid.js'

const [ada, bob, cleo] = [uuid('ada'), uuid('bob'), uuid('cleo')]

const have = (userId: string, ...roles: AccountRole[]) => ({ type: 'RolesChanged', userId, roles, by: null }) as const
const gone = (userId: string) => ({ type: 'UserDeactivated', userId, by: null }) as const
const back = (userId: string) => ({ type: 'UserReactivated', userId, by: null }) as const

const change = (userId: string, by: string | null, what: RolesChange) =>
  ({ type: 'ChangeRoles', userId, change: what, by }) as const
const deactivate = (userId: string, by: string | null) => ({ type: 'DeactivateUser', userId, by }) as const
const reactivate = (userId: string, by: string | null) => ({ type: 'ReactivateUser', userId, by }) as const

const rolesAfter = given(rolesDecider, have(ada, 'admin'))

describe('changing roles', () => {
  it('records all new roles of the user, in a fixed order, each once', () => {
    rolesAfter
      .when(change(bob, ada, { to: ['admin', 'auditor', 'admin'] }))
      .then({ type: 'RolesChanged', userId: bob, roles: ['auditor', 'admin'], by: ada })
  })

  it('is allowed to the operator, who is no user, without a role', () => {
    given(rolesDecider)
      .when(change(ada, null, { grant: 'admin' }))
      .then({ type: 'RolesChanged', userId: ada, roles: ['admin'], by: null })
  })

  it('of one role leaves the others', () => {
    const both = given(rolesDecider, have(ada, 'admin'), have(bob, 'auditor', 'analyst'))
    both
      .when(change(bob, ada, { grant: 'admin' }))
      .then({ type: 'RolesChanged', userId: bob, roles: ['auditor', 'analyst', 'admin'], by: ada })
    both
      .when(change(bob, ada, { withdraw: 'auditor' }))
      .then({ type: 'RolesChanged', userId: bob, roles: ['analyst'], by: ada })
  })

  it('records nothing where nothing changes', () => {
    rolesAfter.when(change(bob, ada, { to: [] })).then()
    given(rolesDecider, have(ada, 'admin'), have(bob, 'auditor'))
      .when(change(bob, ada, { grant: 'auditor' }))
      .then()
  })

  it('is allowed to active admins only', () => {
    for (const by of [bob, cleo]) {
      given(rolesDecider, have(ada, 'admin'), have(bob, 'auditor', 'analyst'))
        .when(change(cleo, by, { to: [] }))
        .thenRejected({ code: 'not-an-admin' })
    }
    given(rolesDecider, have(ada, 'admin'), have(bob, 'admin'), gone(bob))
      .when(change(cleo, bob, { grant: 'admin' }))
      .thenRejected({ code: 'not-an-admin' })
  })

  it('is refused for oneself', () => {
    for (const what of [{ to: [] }, { grant: 'auditor' }] as const) {
      given(rolesDecider, have(ada, 'admin'), have(bob, 'admin'))
        .when(change(ada, ada, what))
        .thenRejected({ code: 'own-account' })
    }
  })
})

describe('the last admin', () => {
  it('cannot be removed, not even by the operator', () => {
    rolesAfter.when(change(ada, null, { withdraw: 'admin' })).thenRejected({ code: 'last-admin' })
    rolesAfter.when(change(ada, null, { to: ['auditor'] })).thenRejected({ code: 'last-admin' })
    rolesAfter.when(deactivate(ada, null)).thenRejected({ code: 'last-admin' })
  })

  it('can be removed while there is another active admin', () => {
    const two = given(rolesDecider, have(ada, 'admin'), have(bob, 'admin'))
    two.when(deactivate(ada, null)).then({ type: 'UserDeactivated', userId: ada, by: null })
    two.when(change(ada, bob, { to: [] })).then({ type: 'RolesChanged', userId: ada, roles: [], by: bob })
  })

  it('cannot be removed where the other admins are deactivated', () => {
    given(rolesDecider, have(ada, 'admin'), have(bob, 'admin'), gone(bob))
      .when(change(ada, null, { withdraw: 'admin' }))
      .thenRejected({ code: 'last-admin' })
  })

  it('does not matter where an installation has no admin yet', () => {
    given(rolesDecider).when(deactivate(bob, null)).then({ type: 'UserDeactivated', userId: bob, by: null })
  })
})

describe('deactivating', () => {
  it('and reactivating are each recorded once', () => {
    rolesAfter.when(deactivate(bob, ada)).then({ type: 'UserDeactivated', userId: bob, by: ada })
    rolesAfter.when(reactivate(bob, ada)).then()
    const deactivated = given(rolesDecider, have(ada, 'admin'), gone(bob))
    deactivated.when(deactivate(bob, ada)).then()
    deactivated.when(reactivate(bob, ada)).then({ type: 'UserReactivated', userId: bob, by: ada })
  })

  it('is refused for oneself, and to users who are not admins', () => {
    given(rolesDecider, have(ada, 'admin'), have(bob, 'admin'))
      .when(deactivate(ada, ada))
      .thenRejected({ code: 'own-account' })
    rolesAfter.when(deactivate(cleo, bob)).thenRejected({ code: 'not-an-admin' })
    rolesAfter.when(reactivate(cleo, bob)).thenRejected({ code: 'not-an-admin' })
  })

  it('a bot requires no role of its owner', () => {
    rolesAfter
      .when({ ...deactivate(cleo, bob), byOwner: true })
      .then({ type: 'UserDeactivated', userId: cleo, by: bob })
    rolesAfter.when({ ...deactivate(cleo, bob), byOwner: false }).thenRejected({ code: 'not-an-admin' })
  })
})

describe('the request of an erasure', () => {
  const requested = (userId: string) => ({ type: 'UserErasureRequested', userId, by: null }) as const
  const request = (userId: string, by: string | null) => ({ type: 'RequestErasure', userId, by }) as const

  it('is made by the user, an admin or the operator, and recorded once', () => {
    for (const by of [cleo, ada, null])
      rolesAfter.when(request(cleo, by)).then({ type: 'UserErasureRequested', userId: cleo, by })
    rolesAfter.when(request(cleo, bob)).thenRejected({ code: 'not-an-admin' })
    given(rolesDecider, requested(cleo)).when(request(cleo, cleo)).then()
  })

  it('is refused while the user has a role', () => {
    const two = given(rolesDecider, have(ada, 'admin'), have(bob, 'auditor'))
    for (const by of [bob, ada, null]) two.when(request(bob, by)).thenRejected({ code: 'role-held' })
  })

  it('is final', () => {
    const erased = given(rolesDecider, have(ada, 'admin'), requested(cleo))
    for (const command of [reactivate(cleo, ada), deactivate(cleo, ada), change(cleo, ada, { grant: 'auditor' })])
      erased.when(command).thenRejected({ code: 'erasure-requested' })
  })
})

describe('a legal hold', () => {
  const held = { type: 'UserHoldPlaced', userId: cleo, by: ada } as const
  const hold = (on: boolean, by: string) => ({ type: 'SetUserHold', userId: cleo, on, reason: 'case', by }) as const

  it('is placed and ended by admins, and recorded once', () => {
    rolesAfter.when(hold(true, ada)).then({ ...held, reason: 'case' })
    rolesAfter.when(hold(false, ada)).then()
    rolesAfter.when(hold(true, bob)).thenRejected({ code: 'not-an-admin' })
    const during = given(rolesDecider, have(ada, 'admin'), held)
    during.when(hold(true, ada)).then()
    during.when(hold(false, ada)).then({ type: 'UserHoldEnded', userId: cleo, by: ada, reason: 'case' })
  })

  it('can be ended when an erasure was requested', () => {
    given(rolesDecider, have(ada, 'admin'), held, { type: 'UserErasureRequested', userId: cleo, by: null })
      .when(hold(false, ada))
      .then({ type: 'UserHoldEnded', userId: cleo, by: ada, reason: 'case' })
  })
})

describe('an account status', () => {
  const after = (...events: Parameters<typeof rolesDecider.evolve>[1][]) =>
    events.reduce((state, event) => rolesDecider.evolve(state, event), rolesDecider.initial)

  it('keeps its generation under a hold, which is no reason to refuse tokens', () => {
    const roles = after(have(bob, 'auditor'), { type: 'UserHoldPlaced', userId: bob, by: ada }, have(ada, 'admin'))
    expect(accountStatusIn(roles, bob)).to.include({ generation: 1, isHeld: true })
    expect(accountStatusIn(roles, ada)).to.include({ generation: 3 })
  })

  it('has the version of the last event of the user as generation', () => {
    const roles = after(have(ada, 'admin'), have(bob, 'auditor'), gone(bob), back(bob), have(ada, 'admin', 'analyst'))
    expect(accountStatusIn(roles, bob)).to.deep.equal({
      roles: ['auditor'],
      isActive: true,
      isErased: false,
      isHeld: false,
      generation: 4,
    })
    expect(accountStatusIn(roles, ada)).to.deep.equal({
      roles: ['admin', 'analyst'],
      isActive: true,
      isErased: false,
      isHeld: false,
      generation: 5,
    })
    expect(accountStatusIn(roles, cleo)).to.deep.equal({
      roles: [],
      isActive: true,
      isErased: false,
      isHeld: false,
      generation: 0,
    })
  })
})
