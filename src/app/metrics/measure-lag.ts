import type { Runner } from '../../projections/engine/runner.js'
import type { Lag, LagOf } from '../readiness/projection-lag.js'
import type { Metrics } from '../metrics.js'
import type { KnownFollower } from './followers.js'
import { measure, shared } from './measure.js'

export interface LagSources {
  lagOf: LagOf
  runners: readonly Pick<Runner, 'status' | 'progress'>[]
  followers(): readonly KnownFollower[]
}

/** Followers that keep a projection up to date are measured as projections. */
const PROJECTION = 'projection-'

/** How far each projection, and all other work that follows the log, is behind it. */
export function measureLag({ measured }: Metrics, { lagOf, runners, followers }: LagSources): void {
  const projections = shared(() =>
    Promise.all(runners.map(async (runner) => ({ projection: runner.status().name, ...(await lagOf(runner)) }))),
  )
  const others = shared(() =>
    Promise.all(
      followers()
        .filter(({ name }) => !name.startsWith(PROJECTION))
        .map(async ({ name, progress }) => ({ follower: name, ...(await lagOf({ progress })) })),
    ),
  )
  const toSample =
    (valueOf: (lag: Lag) => number) =>
    ({ events, seconds, ...labels }: Lag & Record<string, unknown>) => ({
      labels: labels as Record<string, string>,
      value: valueOf({ events, seconds }),
    })
  const eventsOf = toSample(({ events }) => events)
  const secondsOf = toSample(({ seconds }) => seconds)
  measure(measured.projectionLagEvents, async () => (await projections()).map(eventsOf))
  measure(measured.projectionLagSeconds, async () => (await projections()).map(secondsOf))
  measure(measured.followerLagEvents, async () => (await others()).map(eventsOf))
  measure(measured.followerLagSeconds, async () => (await others()).map(secondsOf))
}
