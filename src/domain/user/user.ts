import { accepting, assertNever, reject, type Decider, type Outcome } from '../decider.js'
import type { PublicEvent } from '../event.js'
import { orderedMap, type OrderedMap } from '../ordered-map.js'
import type { AddableBy, RevocationReason, UserEvent } from './events.js'

export interface ProfileChange {
  name?: string
  avatarUrl?: string | null
  statusText?: string | null
  addableBy?: AddableBy
  showPresence?: boolean
}

export type UserCommand =
  | { type: 'RegisterUser'; userId: string; name: string; imported: boolean; originalAt?: string; ownerId?: string }
  | { type: 'BlockUser'; userId: string; blockedId: string; on: boolean }
  | { type: 'ChangeProfile'; userId: string; change: ProfileChange; originalAt?: string }
  | SessionCommand

/**
 * Records what identity has done already. The command id is derived from the content, so that each is recorded once, however often it is
 * sent; no state has to remember it.
 */
type SessionCommand =
  | { type: 'OpenSession'; userId: string; sessionId: string }
  | { type: 'RevokeSession'; userId: string; sessionId: string; reason: RevocationReason }
  | { type: 'ChangePassword'; userId: string }
  | { type: 'RecordExport'; userId: string }
  /** Once the user's key is destroyed. */
  | { type: 'CompleteErasure'; userId: string }

export type UserRejection =
  | { code: 'user-not-found'; userId: string }
  /** An import meets a user that no import made, or the other way round. */
  | { code: 'not-imported' }
  /** Nobody blocks themselves. */
  | { code: 'own-account' }
  | { code: 'too-many-blocks' }

export type User =
  | { status: 'absent' }
  | { status: 'erased' }
  | {
      status: 'active'
      imported: boolean
      /** Null for a user that is no bot. */
      ownerId: string | null
      /** Users whom they blocked. */
      blocked: OrderedMap<true>
      addableBy: AddableBy
    }

export const MAX_BLOCKS = 5_000

const accept = accepting<UserEvent>()

export const userDecider: Decider<UserCommand, User, UserEvent, UserRejection> = {
  initial: { status: 'absent' },
  decide,
  evolve,
}

function decide(command: UserCommand, user: User): Outcome<UserEvent, UserRejection> {
  const { userId } = command
  switch (command.type) {
    case 'RegisterUser': {
      const { name, imported, originalAt, ownerId } = command
      if (user.status === 'active') return user.imported === imported ? accept() : reject({ code: 'not-imported' })
      if (user.status === 'erased') return reject({ code: 'user-not-found', userId })
      const bot = ownerId === undefined ? {} : { ownerId }
      return accept({ type: 'UserRegistered', userId, imported, ...optional(originalAt), ...bot, name })
    }
    case 'ChangeProfile':
      if (user.status !== 'active') return reject({ code: 'user-not-found', userId })
      if (Object.keys(command.change).length === 0) return accept()
      return accept({ type: 'ProfileChanged', userId, ...optional(command.originalAt), ...command.change })
    case 'BlockUser': {
      const { blockedId, on } = command
      if (user.status !== 'active') return reject({ code: 'user-not-found', userId })
      if (blockedId === userId) return on ? reject({ code: 'own-account' }) : accept()
      if (user.blocked.has(blockedId) === on) return accept()
      if (!on) return accept({ type: 'UserUnblocked', userId, blockedId })
      if (user.blocked.size >= MAX_BLOCKS) return reject({ code: 'too-many-blocks' })
      return accept({ type: 'UserBlocked', userId, blockedId })
    }
    case 'OpenSession':
      if (user.status !== 'active') return reject({ code: 'user-not-found', userId })
      return accept({ type: 'SessionOpened', userId, sessionId: command.sessionId })
    case 'RevokeSession':
      if (user.status !== 'active') return reject({ code: 'user-not-found', userId })
      return accept({ type: 'SessionRevoked', userId, sessionId: command.sessionId, reason: command.reason })
    case 'ChangePassword':
      if (user.status !== 'active') return reject({ code: 'user-not-found', userId })
      return accept({ type: 'PasswordChanged', userId })
    case 'RecordExport':
      if (user.status !== 'active') return reject({ code: 'user-not-found', userId })
      return accept({ type: 'UserExported', userId })
    case 'CompleteErasure':
      if (user.status === 'absent') return reject({ code: 'user-not-found', userId })
      return user.status === 'erased' ? accept() : accept({ type: 'UserErased', userId })
    default:
      return assertNever(command)
  }
}

const optional = (originalAt: string | undefined) => (originalAt === undefined ? {} : { originalAt })

function evolve(user: User, event: PublicEvent<UserEvent>): User {
  switch (event.type) {
    case 'UserRegistered':
      return {
        status: 'active',
        imported: event.imported,
        ownerId: event.ownerId ?? null,
        blocked: orderedMap(),
        addableBy: 'everyone',
      }
    case 'UserBlocked':
      return user.status !== 'active' ? user : { ...user, blocked: user.blocked.with(event.blockedId, true) }
    case 'UserUnblocked':
      return user.status !== 'active' ? user : { ...user, blocked: user.blocked.without(event.blockedId) }
    case 'ProfileChanged':
      if (user.status !== 'active' || event.addableBy === undefined) return user
      return { ...user, addableBy: event.addableBy }
    case 'SessionOpened':
    case 'SessionRevoked':
    case 'PasswordChanged':
    case 'UserExported':
      return user
    case 'UserErased':
      return { status: 'erased' }
    default:
      return assertNever(event)
  }
}
