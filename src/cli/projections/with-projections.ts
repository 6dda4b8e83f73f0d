import type { AnalystsProjection } from '../../analytics/analysts-projection.js'
import type { Config } from '../../app/config.js'
import type { Foundations } from '../../app/foundations.js'
import type { Projection } from '../../projections/engine/projection.js'
import { withAnalyticsOf, type OpenAnalytics } from '../analytics/with-analytics.js'
import { UsageError } from '../command-errors.js'
import { withFoundations } from '../with-core.js'
import { allProjections } from './find-projections.js'

export interface ChosenProjections {
  foundations: Foundations
  own: Projection[]
  analysts: { projection: AnalystsProjection; open: OpenAnalytics }[]
}

/**
 * Does work for the projections of these names, Parley's own and analysts'; for all where that is null, but for those whose file is gone.
 * Analysts' are not opened where only Parley's own are named.
 * @throws UsageError
 */
export const withProjections = <Result>(
  config: Config,
  names: readonly string[] | null,
  work: (chosen: ChosenProjections) => Promise<Result>,
): Promise<Result> =>
  withFoundations(config, (foundations) => {
    const all = allProjections(foundations)
    const own = all.filter(({ name }) => names?.includes(name) ?? true)
    if (names?.every((name) => own.some((one) => one.name === name)) === true)
      return work({ foundations, own, analysts: [] })
    return withAnalyticsOf(config, foundations, async (open) => {
      const known = open === null ? [] : (await open.analytics.all()).map((projection) => ({ projection, open }))
      const found = new Set([...own, ...known.map(({ projection }) => projection)].map(({ name }) => name))
      const missing = names?.find((name) => !found.has(name))
      if (missing !== undefined) {
        const every = [...all, ...known.map(({ projection }) => projection)].map(({ name }) => name)
        throw new UsageError(`There is no projection "${missing}", only ${every.join(', ')}`)
      }
      const analysts = known.filter(({ projection: { name, path } }) => names?.includes(name) ?? path !== null)
      return work({ foundations, own, analysts })
    })
  })
