import type { RolesEvent } from '../../domain/roles/events.js'
import {
  rolesDecider,
  type AccountStatus,
  type Roles,
  type RolesCommand,
  type RolesRejection,
} from '../../domain/roles/roles.js'
import type { StreamKind } from '../pipeline/stream-kind.js'

export const rolesKind: StreamKind<RolesCommand, Roles, RolesEvent, RolesRejection> = {
  decider: rolesDecider,
  weigh: ({ users }) => 1 + users.size,
  snapshot: {
    evolveVersion: 4,
    toJson: ({ version, users }) => ({ version, users: [...users] }),
    fromJson(json) {
      const { version, users } = json as { version: number; users: [string, AccountStatus][] }
      return { version, users: new Map(users) }
    },
  },
}
