import type { AnalyticsDeps } from '../../analytics/analytics-deps.js'
import { createAnalytics, type Analytics } from '../../analytics/analytics.js'
import type { Config } from '../../app/config.js'
import type { Foundations } from '../../app/foundations.js'
import { createReleases } from '../../app/release.js'
import { openAnalytics } from '../../app/start-analytics.js'
import { UsageError } from '../command-errors.js'
import { failureReport, withFoundations } from '../with-core.js'

export interface OpenAnalytics extends AnalyticsDeps {
  analytics: Analytics
}

/** Opens analysts' projections, and runs none of them; gives null to `work` without PROJECTIONS_DIR. */
export async function withAnalyticsOf<Result>(
  config: Config,
  foundations: Foundations,
  work: (open: OpenAnalytics | null) => Promise<Result>,
): Promise<Result> {
  const releases = createReleases()
  try {
    const parts = { report: failureReport, clock: () => new Date() }
    const deps = await openAnalytics(config, foundations, parts, releases)
    return await work(deps === null ? null : { ...deps, analytics: releases.add(createAnalytics(deps)) })
  } finally {
    await releases[Symbol.asyncDispose]()
  }
}

/** The same from the configuration alone. @throws UsageError without PROJECTIONS_DIR */
export const withAnalytics = <Result>(
  config: Config,
  work: (open: OpenAnalytics) => Promise<Result>,
): Promise<Result> =>
  withFoundations(config, (foundations) =>
    withAnalyticsOf(config, foundations, (open) => {
      if (open === null) throw new UsageError('PROJECTIONS_DIR is not set: name the folder of the projections')
      return work(open)
    }),
  )
