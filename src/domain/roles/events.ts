import type { EventShape } from '../event.js'

/** What someone may do beyond their own, in the whole installation; admins may do what the others may. */
export const accountRoles = ['auditor', 'analyst', 'admin'] as const
export type AccountRole = (typeof accountRoles)[number]

/** All roles that a user has in the installation from now on; `by` is null for the operator. */
export interface RolesChanged extends EventShape {
  type: 'RolesChanged'
  /** All roles of the user from now on, in the order of `accountRoles`. */
  public: { userId: string; roles: readonly AccountRole[]; by: string | null }
  personal: object
}

/** An account is closed: no login, no sessions; `by` is null for the operator. */
export interface UserDeactivated extends EventShape {
  type: 'UserDeactivated'
  public: { userId: string; by: string | null }
  personal: object
}

/** A closed account is open again; `by` is null for the operator. */
export interface UserReactivated extends EventShape {
  type: 'UserReactivated'
  public: { userId: string; by: string | null }
  personal: object
}

/** The erasure of a user was requested: the account is closed at once and for good; `by` is null for the operator. */
export interface UserErasureRequested extends EventShape {
  type: 'UserErasureRequested'
  public: { userId: string; by: string | null }
  personal: object
}

/** A legal hold was placed on a user: nothing that they supplied is erased until it ends. */
export interface UserHoldPlaced extends EventShape {
  type: 'UserHoldPlaced'
  public: { userId: string; by: string }
  personal: { reason: string }
}

/** The legal hold on a user ended. */
export interface UserHoldEnded extends EventShape {
  type: 'UserHoldEnded'
  public: { userId: string; by: string }
  personal: { reason: string }
}

export type RolesEvent =
  RolesChanged | UserDeactivated | UserReactivated | UserErasureRequested | UserHoldPlaced | UserHoldEnded
