import { accepting, assertNever, reject, type Decider, type Outcome } from '../decider.js'
import type { Folded } from '../event.js'
import type { UserEvent } from './events.js'

export interface ProfileChange {
  name?: string
  avatarUrl?: string | null
  statusText?: string | null
}

export type UserCommand =
  | { type: 'RegisterUser'; userId: string; name: string; imported: boolean; originalAt?: string }
  | { type: 'ChangeProfile'; userId: string; change: ProfileChange; originalAt?: string }

export type UserRejection =
  | { code: 'user-not-found'; userId: string }
  /** An import meets a user that no import made, or the other way round. */
  | { code: 'not-imported' }

export type User = { status: 'absent' } | { status: 'active'; imported: boolean }

const accept = accepting<UserEvent>()

export const userDecider: Decider<UserCommand, User, UserEvent, UserRejection> = {
  initial: { status: 'absent' },
  decide,
  evolve,
}

function decide(command: UserCommand, user: User): Outcome<UserEvent, UserRejection> {
  const { userId } = command
  const original = command.originalAt === undefined ? {} : { originalAt: command.originalAt }
  switch (command.type) {
    case 'RegisterUser': {
      const { name, imported } = command
      if (user.status === 'active') return user.imported === imported ? accept() : reject({ code: 'not-imported' })
      return accept({ type: 'UserRegistered', userId, imported, ...original, name })
    }
    case 'ChangeProfile':
      if (user.status === 'absent') return reject({ code: 'user-not-found', userId })
      if (Object.keys(command.change).length === 0) return accept()
      return accept({ type: 'ProfileChanged', userId, ...original, ...command.change })
    default:
      return assertNever(command)
  }
}

function evolve(user: User, event: Folded<UserEvent>): User {
  switch (event.type) {
    case 'UserRegistered':
      return { status: 'active', imported: event.imported }
    case 'ProfileChanged':
      return user
    default:
      return assertNever(event)
  }
}
