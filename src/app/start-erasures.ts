import type { FailureReport } from '../async/outage.js'
import { createErasureQueue } from '../erasure/erasure-queue.js'
import { createErasureSteps } from '../erasure/erasure-steps.js'
import { startErasures as start } from '../erasure/start-erasures.js'
import { reachHead } from '../followers/reach-head.js'
import { createFollowerPosition } from '../followers/follower-position.js'
import type { AccountErasure } from '../identity/accounts/account-erasure.js'
import { dropUnfollowed } from '../projections/engine/drop-unfollowed.js'
import type { Core } from './core.js'
import type { Overrides } from './overrides.js'
import type { Releases } from './release.js'

export interface ErasureParts {
  accounts: AccountErasure
  report: FailureReport
  overrides: Overrides
}

/** Erases users for whom that was requested. */
export async function startErasures(
  { databases, log, reader, dataKeys, run, runners, queries, projections, accountStatuses }: Core,
  { accounts, report, overrides: { beforeErasureStep } }: ErasureParts,
  releases: Releases,
): Promise<void> {
  const { main: pool } = databases
  const steps = createErasureSteps({
    run,
    log,
    progress: runners.conversations.progress,
    queries,
    accounts,
    dataKeys,
    dropUnfollowedTables: () => dropUnfollowed(pool, Object.values(projections)),
  })
  releases.add(
    await start({
      log,
      reader,
      position: createFollowerPosition(pool, 'erasures'),
      queue: createErasureQueue(pool),
      steps,
      async isHeld(userId) {
        await reachHead(log, runners.conversations.progress)
        return (await accountStatuses.of(userId)).isHeld || (await queries.isInHeldChat(userId))
      },
      ...(beforeErasureStep && { beforeStep: beforeErasureStep }),
      report,
    }),
  )
}
