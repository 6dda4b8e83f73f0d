import { resolve } from 'node:path'
import type { Pool } from 'pg'
import { createAnalytics, type Analytics } from '../analytics/analytics.js'
import { createViewEvents } from '../analytics/events/event-view.js'
import { parsePersonalFields } from '../analytics/events/personal-field-list.js'
import type { Config } from '../app/config.js'
import { openFoundations } from '../app/foundations.js'
import { createReleases } from '../app/release.js'
import { openAnalytics } from '../app/start-analytics.js'
import { UsageError } from './command-errors.js'
import { printNotice } from './output.js'
import { failureReport } from './with-core.js'

export interface OpenAnalytics {
  analytics: Analytics
  /** Connected as the role that owns schema `analytics`. */
  pool: Pool
}

/** Opens what analysts' projections need, and runs none of them. @throws UsageError without PROJECTIONS_DIR */
export async function withAnalytics<Result>(
  config: Config,
  work: (open: OpenAnalytics) => Promise<Result>,
): Promise<Result> {
  const { projectionsDir } = config
  if (projectionsDir === null) throw new UsageError('PROJECTIONS_DIR is not set: name the folder of the projections')
  const releases = createReleases()
  try {
    const { databases, log, reader } = await openFoundations(
      config,
      printNotice,
      failureReport,
      () => new Date(),
      releases,
    )
    if (databases.analytics === null) throw new UsageError('ANALYTICS_DATABASE_URL is not set')
    const pool = await openAnalytics(databases.analytics, releases)
    const { url } = databases.analytics
    const viewEvents = createViewEvents(reader, parsePersonalFields(config.projectionsPersonalFields))
    const analytics = createAnalytics({ pool, url, log, viewEvents, folder: resolve(projectionsDir) })
    return await work({ analytics, pool })
  } finally {
    await releases[Symbol.asyncDispose]()
  }
}
