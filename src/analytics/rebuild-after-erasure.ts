import type { Pool } from 'pg'
import type { FailureReport } from '../async/outage.js'
import type { EventLog } from '../eventstore/event-log.js'
import { positionInLog, type FollowerPosition } from '../followers/follower-position.js'
import { startFollower } from '../followers/follower.js'
import { tellsOfDestroyedKey } from '../privacy/destroyed-keys.js'
import { beginGeneration, readGenerations } from './database/checkpoints.js'
import { dropProjection } from './database/drop-projection.js'
import { findFiles } from './find-files.js'

export interface RebuildAfterErasureDeps {
  pool: Pool
  log: EventLog
  /** Path of PROJECTIONS_DIR. */
  folder: string
  /** Names of Parley's own projections, which no file may have. */
  reservedNames: ReadonlySet<string>
  /** Up to where the log was searched for erasures; kept where no restart loses it. */
  position: FollowerPosition
  report: FailureReport
}

/** Where nothing was erased, the position is stored once in so many events. */
const WRITE_EVERY = 5_000

/**
 * Has all projections built again after keys were destroyed, where they receive personal fields: their tables hold what those keys had opened.
 * A build that runs begins again. One whose file is gone cannot be built: its tables are dropped. An erasure that is found twice, by two nodes or after a crash, costs one more build.
 */
export async function rebuildAfterErasure(deps: RebuildAfterErasureDeps): Promise<AsyncDisposable> {
  const { pool, log, position, report, folder, reservedNames } = deps
  const from = positionInLog(log, await position.read(await log.head()), log.start)
  let unwritten = 0

  async function rebuildAll(): Promise<void> {
    const names = new Set((await readGenerations(pool)).map(({ name }) => name))
    const files = new Set((await findFiles(folder, reservedNames)).files.map(({ name }) => name))
    for (const name of names)
      await (files.has(name)
        ? beginGeneration(pool, { name, version: 0, start: log.start })
        : dropProjection(pool, name))
  }

  return startFollower({
    name: 'projections-erasure',
    log,
    streamPrefixes: ['user-', 'chat-'],
    start: (handled) => handled ?? from,
    async handle({ events, position: end }) {
      const isErased = events.some(tellsOfDestroyedKey)
      if (isErased) await rebuildAll()
      unwritten += events.length
      if (!isErased && unwritten < WRITE_EVERY) return
      await position.write(end)
      unwritten = 0
    },
    report,
  })
}
