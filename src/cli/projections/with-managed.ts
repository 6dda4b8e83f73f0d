import type { Config } from '../../app/config.js'
import { createLagSecondsAt } from '../../app/readiness/projection-lag.js'
import { manageProjection, type ManagedProjection } from '../../projections/managed-projection.js'
import { controlOf } from './control-of.js'
import { withProjections } from './with-projections.js'

/** Does work for the projection of this name: Parley's own, or an analyst's, also one whose file is gone. @throws UsageError */
export const withManaged = <Result>(
  config: Config,
  name: string,
  work: (projection: ManagedProjection) => Promise<Result>,
): Promise<Result> =>
  withProjections(config, [name], ({ foundations, own: [own], analysts: [analysts] }) => {
    const { databases, log, reader } = foundations
    if (own === undefined) {
      if (analysts === undefined) throw new Error(`${name} was found, and is gone`)
      return work(analysts.projection)
    }
    const lagSecondsAt = createLagSecondsAt({ log, reader, clock: () => new Date() })
    const control = controlOf(foundations)
    return work(manageProjection(own, { ...foundations, pool: databases.main, control, lagSecondsAt }))
  })
