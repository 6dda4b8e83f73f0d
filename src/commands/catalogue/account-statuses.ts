import { accountStatusIn, type Roles, type AccountStatus } from '../../domain/roles/roles.js'
import { rolesStream } from '../../domain/streams.js'
import type { CommandHandler } from '../pipeline/handle-command.js'
import { rolesKind } from '../pipeline/stream-kind.js'

/** Who may do what, read anew from the log by each call; calls at the same time share a read. */
export interface AccountStatuses {
  of(userId: string): Promise<AccountStatus>
  all(): Promise<Roles>
}

export function createAccountStatuses({ factOf }: Pick<CommandHandler, 'factOf'>): AccountStatuses {
  const all = (): Promise<Roles> => factOf(rolesStream, rolesKind, () => false)
  return { all, of: async (userId) => accountStatusIn(await all(), userId) }
}
