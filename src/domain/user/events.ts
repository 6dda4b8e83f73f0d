import type { EventShape } from '../event.js'

export interface UserRegistered extends EventShape {
  type: 'UserRegistered'
  public: { userId: string; imported: boolean; originalAt?: string }
  personal: { name: string }
}

/** Only what changed: a field that is absent stays as it was. */
export interface ProfileChanged extends EventShape {
  type: 'ProfileChanged'
  public: { userId: string; originalAt?: string }
  personal: { name?: string; avatarUrl?: string | null; statusText?: string | null }
}

export type UserEvent = UserRegistered | ProfileChanged
