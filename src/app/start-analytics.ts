import { randomUUID } from 'node:crypto'
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { AnalyticsDeps } from '../analytics/analytics-deps.js'
import { createAnalytics, type Analytics } from '../analytics/analytics.js'
import { createLease } from '../analytics/database/lease.js'
import { createViewEvents } from '../analytics/events/event-view.js'
import { parsePersonalFields } from '../analytics/events/personal-field-list.js'
import { rebuildAfterErasure } from '../analytics/rebuild-after-erasure.js'
import { runFolder } from '../analytics/run-folder.js'
import { hasPermissionModel } from '../analytics/running/permissions.js'
import type { FailureReport } from '../async/outage.js'
import { createIsSkipped } from '../projections/engine/skipped-events.js'
import { ownProjectionNames } from '../projections/projection-list.js'
import type { Config } from './config.js'
import type { Foundations } from './foundations.js'
import { openAnalyticsPool } from './open-analytics-pool.js'
import type { Overrides } from './overrides.js'
import { poolSizes } from './pool-sizes.js'
import { createFollowerPosition } from '../followers/follower-position.js'
import { createLagSecondsAt } from './readiness/projection-lag.js'
import type { Releases } from './release.js'
import { StartupError } from './startup-error.js'

export interface AnalyticsParts {
  print(line: string): void
  report: FailureReport
  clock: () => Date
  overrides: Overrides
}

/** Runs analysts' projections, where PROJECTIONS_DIR names some; null where it does not, or this Node cannot confine them. */
export async function startAnalytics(
  config: Config,
  foundations: Foundations,
  { print, overrides: { projectionDeadlineMs }, ...parts }: AnalyticsParts,
  releases: Releases,
): Promise<Analytics | null> {
  const { node } = process.versions
  if (config.projectionsDir !== null && !hasPermissionModel(node)) {
    print(`PROJECTIONS_DIR: analysts' projections need Node 24 and do not run, since this is Node ${node}`)
    return null
  }
  const deps = await openAnalytics(config, foundations, parts, releases)
  if (deps === null) return null
  if (!config.roles.includes('projector')) return releases.add(createAnalytics(deps))
  const deadline = projectionDeadlineMs === undefined ? {} : { deadlineMs: projectionDeadlineMs }
  releases.add(
    runFolder({
      ...deps,
      ...deadline,
      lease: createLease(deps.pool, randomUUID()),
    }),
  )
  if (deps.hidesMessages) {
    const position = createFollowerPosition(foundations.databases.main, 'projections-erasure')
    releases.add(await rebuildAfterErasure({ ...deps, position }))
  }
  return releases.add(createAnalytics(deps))
}

/** What it takes to handle analysts' projections; null without PROJECTIONS_DIR. @throws StartupError */
export async function openAnalytics(
  { projectionsDir, projectionsPersonalFields, processes }: Config,
  { databases, log, reader }: Foundations,
  { report, clock }: Pick<AnalyticsParts, 'report' | 'clock'>,
  releases: Releases,
): Promise<AnalyticsDeps | null> {
  if (projectionsDir === null || databases.analytics === null) return null
  const folder = resolve(projectionsDir)
  await access(folder).catch((cause: unknown) => {
    throw new StartupError(`PROJECTIONS_DIR: ${projectionsDir} cannot be read: name a folder that is there`, { cause })
  })
  return {
    folder,
    reservedNames: ownProjectionNames,
    pool: await openAnalyticsPool(databases.analytics, poolSizes(processes).analytics, releases),
    url: databases.analytics.url,
    readerUrl: databases.analytics.readerUrl,
    log,
    viewEvents: createViewEvents(
      { reader, isSkipped: createIsSkipped('decision_index', { log, reader }) },
      parsePersonalFields(projectionsPersonalFields),
    ),
    hidesMessages: projectionsPersonalFields.length > 0,
    lagSecondsAt: createLagSecondsAt({ log, reader, clock }),
    report,
  }
}
