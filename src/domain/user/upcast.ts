import type { Upcaster } from '../upcast.js'
import type { UserEvent } from './events.js'

export const userUpcasters: Record<UserEvent['type'], readonly Upcaster[]> = {
  UserRegistered: [({ botOf, ...data }) => (botOf === undefined ? data : { ...data, ownerId: botOf })],
  ProfileChanged: [],
  UserBlocked: [],
  UserUnblocked: [],
  SessionOpened: [],
  SessionRevoked: [],
  PasswordChanged: [],
  UserExported: [],
  UserErased: [],
}
