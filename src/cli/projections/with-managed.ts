import type { Config } from '../../app/config.js'
import { createLagSecondsAt } from '../../app/readiness/projection-lag.js'
import { manageProjection, type ManagedProjection } from '../../projections/managed-projection.js'
import { withAnalyticsOf } from '../analytics/with-analytics.js'
import { withFoundations } from '../with-core.js'
import { controlOf } from './build-commands.js'
import { allProjections, unknownProjection } from './find-projections.js'

/** Does work for the projection of this name: Parley's own, or an analyst's, also one whose file is gone. @throws UsageError */
export const withManaged = <Result>(
  config: Config,
  name: string,
  work: (projection: ManagedProjection) => Promise<Result>,
): Promise<Result> =>
  withFoundations(config, (foundations) => {
    const { databases, log, reader } = foundations
    const own = allProjections(foundations).find((projection) => projection.name === name)
    if (own !== undefined) {
      const lagSecondsAt = createLagSecondsAt({ log, reader, clock: () => new Date() })
      const control = controlOf(foundations)
      return work(manageProjection(own, { ...foundations, pool: databases.main, control, lagSecondsAt }))
    }
    return withAnalyticsOf(config, foundations, async (open) => {
      const analysts = (await open?.analytics.find(name)) ?? null
      if (analysts === null) throw unknownProjection(name, foundations)
      return work(analysts)
    })
  })
