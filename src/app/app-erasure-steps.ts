import { createErasureSteps } from '../erasure/erasure-steps.js'
import type { AccountErasure } from '../identity/accounts/account-erasure.js'
import { dropUnfollowed } from '../projections/engine/drop-unfollowed.js'
import type { Core } from './core.js'

/** What erases one user, whether a node or a restore does it. */
export const createAppErasureSteps = (
  { databases, run, log, runners, queries, dataKeys, projections }: Core,
  accounts: AccountErasure,
): ReturnType<typeof createErasureSteps> =>
  createErasureSteps({
    run,
    log,
    progress: runners.conversations.progress,
    queries,
    accounts,
    dataKeys,
    dropUnfollowedTables: () => dropUnfollowed(databases.main, Object.values(projections)),
  })
