import { accountStatusIn, type Roles, type AccountStatus } from '../../domain/roles/roles.js'
import { rolesStream } from '../../domain/streams.js'
import type { CatalogueHandler } from './stream-kinds.js'

/** Who may do what, read anew from the log by each call; calls at the same time share a read. */
export interface AccountStatuses {
  of(userId: string): Promise<AccountStatus>
  all(): Promise<Roles>
}

export function createAccountStatuses({ stateOf }: Pick<CatalogueHandler, 'stateOf'>): AccountStatuses {
  const all = (): Promise<Roles> => stateOf(rolesStream, () => false)
  return { all, of: async (userId) => accountStatusIn(await all(), userId) }
}
