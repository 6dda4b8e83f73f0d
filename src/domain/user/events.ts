import type { EventShape } from '../event.js'

export interface UserRegistered extends EventShape {
  type: 'UserRegistered'
  public: {
    userId: string
    imported: boolean
    originalAt?: string
    /** Of a bot: whose it is. */
    ownerId?: string
  }
  personal: { name: string }
}

/** Only what changed: a field that is absent stays as it was. */
export interface ProfileChanged extends EventShape {
  type: 'ProfileChanged'
  public: { userId: string; originalAt?: string }
  personal: { name?: string; avatarUrl?: string | null; statusText?: string | null }
}

/** No direct chats, no adding, no mention pushes from that person. */
export interface UserBlocked extends EventShape {
  type: 'UserBlocked'
  public: { userId: string; blockedId: string }
  personal: object
}

export interface UserUnblocked extends EventShape {
  type: 'UserUnblocked'
  public: { userId: string; blockedId: string }
  personal: object
}

export interface SessionOpened extends EventShape {
  type: 'SessionOpened'
  public: { userId: string; sessionId: string }
  personal: object
}

/** Why a session ended before its time. */
export type RevocationReason =
  'logout' | 'revoked' | 'password-changed' | 'password-reset' | 'refresh-reuse' | 'deactivated'

export interface SessionRevoked extends EventShape {
  type: 'SessionRevoked'
  public: { userId: string; sessionId: string; reason: RevocationReason }
  personal: object
}

export interface PasswordChanged extends EventShape {
  type: 'PasswordChanged'
  public: { userId: string }
  personal: object
}

export type UserEvent =
  UserRegistered | ProfileChanged | UserBlocked | UserUnblocked | SessionOpened | SessionRevoked | PasswordChanged
