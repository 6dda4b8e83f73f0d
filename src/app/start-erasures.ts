import type { FailureReport } from '../async/outage.js'
import { createErasureQueue } from '../erasure/erasure-queue.js'
import { startErasures as start } from '../erasure/start-erasures.js'
import { reachHead } from '../followers/reach-head.js'
import { createFollowerPosition } from '../followers/follower-position.js'
import type { AccountErasure } from '../identity/accounts/account-erasure.js'
import { createAppErasureSteps } from './app-erasure-steps.js'
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
  core: Core,
  { accounts, report, overrides: { beforeErasureStep } }: ErasureParts,
  releases: Releases,
): Promise<void> {
  const { log, reader, runners, queries, accountStatuses } = core
  const { main: pool } = core.databases
  releases.add(
    await start({
      log,
      reader,
      position: createFollowerPosition(pool, 'erasures'),
      queue: createErasureQueue(pool),
      steps: createAppErasureSteps(core, accounts),
      async isHeld(userId) {
        await reachHead(log, runners.conversations.progress)
        return (await accountStatuses.of(userId)).isHeld || (await queries.isInHeldChat(userId))
      },
      ...(beforeErasureStep && { beforeStep: beforeErasureStep }),
      report,
    }),
  )
}
