import { Gauge, type Registry } from 'prom-client'
import type { Runner } from '../../projections/engine/runner.js'
import type { Lag, LagOf } from './projection-lag.js'

/** How far each projection is behind the log, measured at each scrape. */
export function measureLag(lagOf: LagOf, runners: readonly Runner[], registry: Registry): void {
  const gauge = (name: string, help: string, valueOf: (lag: Lag) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['projection'],
      registers: [registry],
      // A gauge shows what its own collect has set: one that another sets lags a scrape behind.
      async collect() {
        for (const runner of runners) this.set({ projection: runner.status().name }, valueOf(await lagOf(runner)))
      },
    })
  gauge('projection_lag_events', 'Events that the projection has not examined', ({ events }) => events)
  gauge(
    'projection_lag_seconds',
    'Time since the first event that the projection has not examined was recorded',
    ({ seconds }) => seconds,
  )
}
