import type { Upcaster } from '../upcast.js'
import type { UserEvent } from './events.js'

export const userUpcasters: Record<UserEvent['type'], readonly Upcaster[]> = {
  UserRegistered: [],
  ProfileChanged: [],
  PersonBlocked: [],
  PersonUnblocked: [],
  SessionOpened: [],
  SessionRevoked: [],
  PasswordChanged: [],
}
