import type { FailureReport } from '../async/outage.js'
import { moderationStream } from '../domain/streams.js'
import { createFollowerPosition } from '../followers/follower-position.js'
import { dropUnfollowed } from '../projections/engine/drop-unfollowed.js'
import { createRetentionQueue } from '../retention/retention-queue.js'
import { startRetention as start } from '../retention/start-retention.js'
import type { Core } from './core.js'
import type { Overrides } from './overrides.js'
import type { Releases } from './release.js'

interface RetentionParts {
  report: FailureReport
  overrides: Overrides
}

/** Destroys what chats do not keep any more. */
export async function startRetention(
  core: Core,
  { report, overrides: { beforeExpiryStep } }: RetentionParts,
  releases: Releases,
): Promise<void> {
  const { log, reader, dataKeys, queries, clock, runAsSystem } = core
  const { main: pool } = core.databases
  releases.add(
    await start({
      log,
      reader,
      dataKeys,
      queries,
      clock,
      run: runAsSystem,
      progress: core.runners.conversations.progress,
      position: createFollowerPosition(pool, 'retention'),
      queue: createRetentionQueue(pool, clock),
      isHeld: (chatId) => isHeld(chatId, core),
      dropUnfollowedTables: () => dropUnfollowed(pool, Object.values(core.projections)),
      ...(beforeExpiryStep && { beforeStep: beforeExpiryStep }),
      report,
    }),
  )
}

/** The read model has all memberships: it was up to date when the work on the chat began. */
async function isHeld(chatId: string, { handler, accountStatuses, queries }: Core): Promise<boolean> {
  if ((await handler.stateOf(moderationStream(chatId), () => false)).isHeld) return true
  const { users } = await accountStatuses.all()
  const held = [...users].filter(([, status]) => status.isHeld).map(([userId]) => userId)
  return held.length > 0 && (await queries.hasEverHad(chatId, held))
}
