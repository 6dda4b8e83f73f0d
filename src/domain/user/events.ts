import type { EventShape } from '../event.js'

/** A user exists from now on: a human, or a bot with its owner. */
export interface UserRegistered extends EventShape {
  type: 'UserRegistered'
  public: {
    userId: string
    imported: boolean
    originalAt?: string
    /** Of a bot. */
    ownerId?: string
  }
  personal: { name: string }
}

/** Who may add a user to chats or open a direct chat with them. Invites and open chats are not affected. */
export type AddableBy = 'everyone' | 'shared-chat' | 'nobody'

/** A user changed their profile; an absent field stays as it was. */
export interface ProfileChanged extends EventShape {
  type: 'ProfileChanged'
  public: {
    userId: string
    originalAt?: string
    addableBy?: AddableBy
    /** Whether those who share a chat see when they are online. */
    showPresence?: boolean
  }
  personal: { name?: string; avatarUrl?: string | null; statusText?: string | null }
}

/** A user blocked another: no direct chats, no adding and no mention notifications from them. */
export interface UserBlocked extends EventShape {
  type: 'UserBlocked'
  public: { userId: string; blockedId: string }
  personal: object
}

/** A user ended a block. */
export interface UserUnblocked extends EventShape {
  type: 'UserUnblocked'
  public: { userId: string; blockedId: string }
  personal: object
}

/** A user logged in. */
export interface SessionOpened extends EventShape {
  type: 'SessionOpened'
  public: { userId: string; sessionId: string }
  personal: object
}

/** Why a session ended before its time. */
export type RevocationReason =
  'logout' | 'revoked' | 'password-changed' | 'password-reset' | 'refresh-reuse' | 'deactivated' | 'erased'

/** A session ended before its time; one that merely expires has no event. */
export interface SessionRevoked extends EventShape {
  type: 'SessionRevoked'
  public: { userId: string; sessionId: string; reason: RevocationReason }
  personal: object
}

/** A user changed their password. The log never holds it. */
export interface PasswordChanged extends EventShape {
  type: 'PasswordChanged'
  public: { userId: string }
  personal: object
}

/** A user began to download everything that is held about them. */
export interface UserExported extends EventShape {
  type: 'UserExported'
  public: { userId: string }
  personal: object
}

/** The key of a user was destroyed: nothing that they supplied can be read any more. */
export interface UserErased extends EventShape {
  type: 'UserErased'
  public: { userId: string }
  personal: object
}

export type UserEvent =
  | UserRegistered
  | ProfileChanged
  | UserBlocked
  | UserUnblocked
  | SessionOpened
  | SessionRevoked
  | PasswordChanged
  | UserExported
  | UserErased
