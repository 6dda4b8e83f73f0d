import { standingIn, type Roles, type Standing } from '../domain/roles/roles.js'
import { rolesStream } from '../domain/streams.js'
import type { CommandHandler } from './handle-command.js'
import { rolesKind } from './stream-kind.js'

/** Who may do what, read anew from the log by each call; calls at the same time share a read. */
export interface Standings {
  of(userId: string): Promise<Standing>
  all(): Promise<Roles>
}

export function createStandings({ factOf }: Pick<CommandHandler, 'factOf'>): Standings {
  const all = (): Promise<Roles> => factOf(rolesStream, rolesKind, () => false)
  return { all, of: async (userId) => standingIn(await all(), userId) }
}
