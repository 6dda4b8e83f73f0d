import type { Upcaster } from '../upcast.js'
import type { RolesEvent } from './events.js'

export const rolesUpcasters: Record<RolesEvent['type'], readonly Upcaster[]> = {
  RolesChanged: [],
  UserDeactivated: [],
  UserReactivated: [],
  UserErasureRequested: [],
  UserHoldPlaced: [],
  UserHoldEnded: [],
}
