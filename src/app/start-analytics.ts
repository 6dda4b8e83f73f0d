import { randomUUID } from 'node:crypto'
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type pg from 'pg'
import { findRoleProblem } from '../analytics/database/check-role.js'
import { grantReader } from '../analytics/database/grant-reader.js'
import { createLease } from '../analytics/database/lease.js'
import { prepareSchemas } from '../analytics/database/prepare-schemas.js'
import { prepareTables } from '../analytics/database/prepare-tables.js'
import { createViewEvents } from '../analytics/events/event-view.js'
import { parsePersonalFields } from '../analytics/events/personal-field-list.js'
import { runFolder } from '../analytics/run-folder.js'
import { hasPermissionModel } from '../analytics/running/permissions.js'
import type { FailureReport } from '../async/outage.js'
import { createPool } from '../postgres/pool.js'
import type { Config } from './config.js'
import { openingDatabase } from './database-failure.js'
import type { AnalyticsUrls } from './databases.js'
import type { Foundations } from './foundations.js'
import type { Overrides } from './overrides.js'
import type { Releases } from './release.js'
import { StartupError } from './startup-error.js'

export interface AnalyticsParts {
  print(line: string): void
  report: FailureReport
  overrides: Overrides
}

/** Runs analysts' projections, where PROJECTIONS_DIR names some. */
export async function startAnalytics(
  { projectionsDir, projectionsPersonalFields }: Config,
  { databases: { analytics }, log, reader }: Foundations,
  { print, report, overrides: { projectionDeadlineMs } }: AnalyticsParts,
  releases: Releases,
): Promise<void> {
  if (projectionsDir === null || analytics === null) return
  const { node } = process.versions
  if (!hasPermissionModel(node)) {
    print(`PROJECTIONS_DIR: analysts' projections need Node 24 and do not run, since this is Node ${node}`)
    return
  }
  const folder = resolve(projectionsDir)
  await access(folder).catch((cause: unknown) => {
    throw new StartupError(`PROJECTIONS_DIR: ${projectionsDir} cannot be read: name a folder that is there`, { cause })
  })
  const pool = await openAnalytics(analytics, releases)
  releases.add(
    runFolder({
      folder,
      log,
      pool,
      url: analytics.url,
      viewEvents: createViewEvents(reader, parsePersonalFields(projectionsPersonalFields)),
      hidesMessages: projectionsPersonalFields.length > 0,
      lease: createLease(pool, randomUUID()),
      report,
      ...(projectionDeadlineMs !== undefined && { deadlineMs: projectionDeadlineMs }),
    }),
  )
}

/** The database of analysts' projections, with its schemas and tables. @throws StartupError */
export async function openAnalytics({ url, ownerUrl }: AnalyticsUrls, releases: Releases): Promise<pg.Pool> {
  if (ownerUrl !== null) await prepareSchemas(ownerUrl, url)
  const pool = createPool({ connectionString: url, max: 4, applicationName: 'parley-analytics' })
  releases.onRelease(() => pool.end())
  const problem = await openingDatabase('ANALYTICS_DATABASE_URL', url, () => findRoleProblem(pool))
  if (problem !== null) throw new StartupError(`ANALYTICS_DATABASE_URL: ${problem}`)
  await prepareTables(pool)
  await grantReader(pool)
  return pool
}
