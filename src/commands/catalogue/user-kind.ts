import { orderedMap } from '../../domain/ordered-map.js'
import type { UserEvent } from '../../domain/user/events.js'
import { userDecider, type User, type UserCommand, type UserRejection } from '../../domain/user/user.js'
import type { StreamKind } from '../pipeline/stream-kind.js'

type ActiveUserJson = Omit<Extract<User, { status: 'active' }>, 'blocked'> & { blocked: [string, true][] }

export const userKind: StreamKind<UserCommand, User, UserEvent, UserRejection> = {
  decider: userDecider,
  weigh: (user) => (user.status === 'active' ? 1 + user.blocked.size : 1),
  snapshot: {
    evolveVersion: 5,
    toJson: (user) => (user.status === 'active' ? { ...user, blocked: [...user.blocked] } : user),
    fromJson(json) {
      const user = json as { status: 'absent' } | { status: 'erased' } | ActiveUserJson
      return user.status === 'active' ? { ...user, blocked: orderedMap(user.blocked) } : user
    },
  },
}
