import type { Pool } from 'pg'
import type { EventLog } from '../eventstore/event-log.js'
import { beginGeneration, clearFailures, readGenerations } from './database/checkpoints.js'
import { readRunning } from './database/lease.js'
import { RebuildRunningError } from './rebuild-running-error.js'
import { findFiles, type FoundFile } from './find-files.js'
import { diffProjection, type ProjectionDiff } from './diff/diff-projection.js'
import type { ViewEvents } from './events/event-view.js'
import { listProjections, type ListedProjection } from './list-projections.js'

/** What an operator can ask of analysts' projections, beside a running server or without one. */
export interface Analytics {
  list(): Promise<ListedProjection[]>
  /**
   * Has it built again from the start, with the file as it is then, beside the tables that analysts see. The node that runs it begins within a
   * second; without a server it begins with the next start.
   * @throws UnknownProjectionError, RebuildRunningError
   */
  rebuild(name: string): Promise<void>
  /** Has it try again where it is paused, with the file as it is then. @throws UnknownProjectionError */
  retry(name: string): Promise<void>
  /**
   * Builds it beside the tables that analysts see, with the file as it is now, and gives the rows that differ.
   * @throws UnknownProjectionError, RebuildRunningError, NothingToCompareError, or ProjectionFailedError where the file fails
   */
  diff(name: string): Promise<ProjectionDiff>
}

export interface AnalyticsDeps {
  pool: Pool
  /** Connects to the database of `pool`; given to the processes of projections. */
  url: string
  log: EventLog
  viewEvents: ViewEvents
  /** Path of PROJECTIONS_DIR. */
  folder: string
}

/** Neither a file nor tables of this name. */
export class UnknownProjectionError extends Error {
  override readonly name = 'UnknownProjectionError'
  constructor(readonly projection: string) {
    super(`PROJECTIONS_DIR holds no projection "${projection}"`)
  }
}

export function createAnalytics({ pool, url, log, viewEvents, folder }: AnalyticsDeps): Analytics {
  async function find(name: string): Promise<FoundFile> {
    const found = (await findFiles(folder)).find((file) => file.name === name)
    if (found === undefined) throw new UnknownProjectionError(name)
    return found
  }

  async function refuseDuringRebuild(name: string): Promise<void> {
    const building = (await readGenerations(pool, name)).find(({ isLive }) => !isLive)
    if (building?.failure === null) throw new RebuildRunningError(name)
  }

  return {
    async list() {
      const files = (await findFiles(folder)).map(({ name }) => name)
      const [rows, owners, headPosition] = await Promise.all([readGenerations(pool), readRunning(pool), log.head()])
      return listProjections({ files, rows, running: new Set(owners), headPosition, log })
    },
    async rebuild(name) {
      await find(name)
      await refuseDuringRebuild(name)
      await beginGeneration(pool, name, 0, log.start)
    },
    async retry(name) {
      await find(name)
      await clearFailures(pool, name)
    },
    async diff(name) {
      const { path } = await find(name)
      await refuseDuringRebuild(name)
      return diffProjection({ name, path, pool, url, log, viewEvents })
    },
  }
}
