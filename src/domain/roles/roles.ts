import { accepting, assertNever, reject, type Decider, type Outcome } from '../decider.js'
import type { Decided, PublicEvent } from '../event.js'
import { accountRoles, type AccountRole, type RolesEvent } from './events.js'

/** All roles that someone shall have, or one more, or one less. */
export type RolesChange = { to: readonly AccountRole[] } | { grant: AccountRole } | { withdraw: AccountRole }

/** `by` is null for the operator. That the user exists is a fact of their own stream. */
export type RolesCommand =
  | { type: 'ChangeRoles'; userId: string; change: RolesChange; by: string | null }
  /** The owner of a bot needs no role to deactivate it. */
  | { type: 'DeactivateUser'; userId: string; by: string | null; byOwner?: boolean }
  | { type: 'ReactivateUser'; userId: string; by: string | null }
  /** Users request their own erasure, admins that of others. */
  | { type: 'RequestErasure'; userId: string; by: string | null }
  | { type: 'SetUserHold'; userId: string; on: boolean; reason: string; by: string }

export type RolesRejection =
  | { code: 'not-an-admin' }
  /** Nobody changes their own roles, nor deactivates themselves. */
  | { code: 'own-account' }
  /** Nobody would be left who may change roles. */
  | { code: 'last-admin' }
  /** Whoever has a role in the installation gives it up before they are erased. */
  | { code: 'role-held' }
  /** A user whose erasure was requested stays as they are. */
  | { code: 'erasure-requested' }

/** What someone may do. */
export interface AccountStatus {
  roles: readonly AccountRole[]
  isActive: boolean
  /** Their erasure was requested: the account is closed for good. */
  isErased: boolean
  /** A legal hold is on them. */
  isHeld: boolean
  /** Rises with each event about the user but holds; tokens issued under a lower one are no longer valid. */
  generation: number
}

/** Everyone who ever had a role or was deactivated; `version` is the stream's. */
export interface Roles {
  version: number
  users: ReadonlyMap<string, AccountStatus>
}

const ORDINARY: AccountStatus = { roles: [], isActive: true, isErased: false, isHeld: false, generation: 0 }

export const accountStatusIn = ({ users }: Roles, userId: string): AccountStatus => users.get(userId) ?? ORDINARY

const accept = accepting<RolesEvent>()

/**
 * One stream for all: that an admin always stays is a rule about everyone at once, and only one stream's expected version can guard
 * it (docs/adr/0009-one-stream-of-roles.md).
 */
export const rolesDecider: Decider<RolesCommand, Roles, RolesEvent, RolesRejection> = {
  initial: { version: 0, users: new Map() },
  decide,
  evolve,
}

function decide(command: RolesCommand, roles: Roles): Outcome<RolesEvent, RolesRejection> {
  const { userId, by } = command
  const isOwner = command.type === 'DeactivateUser' && command.byOwner === true
  const isOwnErasure = command.type === 'RequestErasure' && by === userId
  if (by !== null && !isOwner && !isOwnErasure && !isActiveAdmin(accountStatusIn(roles, by)))
    return reject({ code: 'not-an-admin' })
  if (by === userId && !isOwnErasure) return reject({ code: 'own-account' })
  const before = accountStatusIn(roles, userId)
  if (before.isErased && command.type !== 'RequestErasure' && command.type !== 'SetUserHold')
    return reject({ code: 'erasure-requested' })
  if (command.type === 'RequestErasure' && before.roles.length > 0) return reject({ code: 'role-held' })
  const event = eventOf(command, before)
  if (event === null) return accept()
  if (hasAdmin(roles) && !hasAdmin(evolve(roles, event))) return reject({ code: 'last-admin' })
  return accept(event)
}

/** Null where it is so already. */
function eventOf(command: RolesCommand, before: AccountStatus): Decided<RolesEvent> | null {
  const { userId, by } = command
  switch (command.type) {
    case 'ChangeRoles': {
      const roles = changed(before.roles, command.change)
      return isSame(roles, before.roles) ? null : { type: 'RolesChanged', userId, roles, by }
    }
    case 'DeactivateUser':
      return before.isActive ? { type: 'UserDeactivated', userId, by } : null
    case 'ReactivateUser':
      return before.isActive ? null : { type: 'UserReactivated', userId, by }
    case 'RequestErasure':
      return before.isErased ? null : { type: 'UserErasureRequested', userId, by }
    case 'SetUserHold': {
      const { on, reason } = command
      if (before.isHeld === on) return null
      return { type: on ? 'UserHoldPlaced' : 'UserHoldEnded', userId, by: command.by, reason }
    }
    default:
      return assertNever(command)
  }
}

function changed(before: readonly AccountRole[], change: RolesChange): AccountRole[] {
  const wanted = (role: AccountRole): boolean => {
    if ('to' in change) return change.to.includes(role)
    if ('grant' in change) return role === change.grant || before.includes(role)
    return role !== change.withdraw && before.includes(role)
  }
  return accountRoles.filter(wanted)
}

const isSame = (a: readonly AccountRole[], b: readonly AccountRole[]): boolean => a.join() === b.join()

const isActiveAdmin = ({ roles, isActive }: AccountStatus): boolean => isActive && roles.includes('admin')

const hasAdmin = ({ users }: Roles): boolean => [...users.values()].some(isActiveAdmin)

function evolve({ version, users }: Roles, event: PublicEvent<RolesEvent>): Roles {
  const before = users.get(event.userId) ?? ORDINARY
  // a hold is no reason to refuse tokens
  const generation = isOfHold(event) ? before.generation : version + 1
  return { version: version + 1, users: new Map([...users, [event.userId, { ...after(before, event), generation }]]) }
}

const isOfHold = ({ type }: PublicEvent<RolesEvent>): boolean => type === 'UserHoldPlaced' || type === 'UserHoldEnded'

function after(before: AccountStatus, event: PublicEvent<RolesEvent>): AccountStatus {
  switch (event.type) {
    case 'RolesChanged':
      return { ...before, roles: event.roles }
    case 'UserDeactivated':
      return { ...before, isActive: false }
    case 'UserReactivated':
      return { ...before, isActive: true }
    case 'UserErasureRequested':
      return { ...before, isActive: false, isErased: true }
    case 'UserHoldPlaced':
      return { ...before, isHeld: true }
    case 'UserHoldEnded':
      return { ...before, isHeld: false }
    default:
      return assertNever(event)
  }
}
