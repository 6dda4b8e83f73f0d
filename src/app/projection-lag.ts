import { Gauge, type Registry } from 'prom-client'
import type { EventLog } from '../eventstore/event-log.js'
import type { Runner } from '../projections/engine/runner.js'

interface Lag {
  events: number
  seconds: number
}

/** How far each projection is behind the log, measured at each scrape. */
export function measureLag(log: EventLog, runners: readonly Runner[], registry: Registry): void {
  const lagOf = createLagOf(log)
  const labelNames = ['projection'] as const
  const seconds = new Gauge({
    name: 'projection_lag_seconds',
    help: 'For how long the projection has been behind the log',
    labelNames,
    registers: [registry],
  })
  new Gauge({
    name: 'projection_lag_events',
    help: 'Events that the projection has not examined',
    labelNames,
    registers: [registry],
    async collect() {
      for (const runner of runners) {
        const projection = runner.status().name
        const lag = await lagOf(runner)
        this.set({ projection }, lag.events)
        seconds.set({ projection }, lag.seconds)
      }
    },
  })
}

function createLagOf(log: EventLog) {
  const behindSince = new Map<Runner, number>()
  return async (runner: Runner): Promise<Lag> => {
    const events = log.countBetween(runner.progress.position, await log.head())
    if (events === 0) behindSince.delete(runner)
    else if (!behindSince.has(runner)) behindSince.set(runner, performance.now())
    const since = behindSince.get(runner)
    return { events, seconds: since === undefined ? 0 : (performance.now() - since) / 1000 }
  }
}
