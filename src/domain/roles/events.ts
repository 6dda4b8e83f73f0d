import type { EventShape } from '../event.js'

/** What someone may do beyond their own, in the whole installation; admins may do what the others may. */
export const accountRoles = ['auditor', 'analyst', 'admin'] as const
export type AccountRole = (typeof accountRoles)[number]

/** `by` is null where the operator did it, on the command line. */
export interface RolesChanged extends EventShape {
  type: 'RolesChanged'
  /** All that the person has from now on, in the order of `accountRoles`. */
  public: { userId: string; roles: readonly AccountRole[]; by: string | null }
  personal: object
}

export interface UserDeactivated extends EventShape {
  type: 'UserDeactivated'
  public: { userId: string; by: string | null }
  personal: object
}

export interface UserReactivated extends EventShape {
  type: 'UserReactivated'
  public: { userId: string; by: string | null }
  personal: object
}

export type RolesEvent = RolesChanged | UserDeactivated | UserReactivated
