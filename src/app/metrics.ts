import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Runner } from '../projections/engine/runner.js'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Names are public: dashboards and alerts rely on them. Durations are seconds. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const histogram = (name: string, help: string) => new Histogram({ name, help, buckets: SECONDS, registers })
  return {
    registry,
    messagesSent: new Counter({ name: 'messages_sent_total', help: 'Messages recorded', registers }),
    rateLimited: new Counter({
      name: 'rate_limited_total',
      help: 'What was refused by a limit',
      labelNames: ['limit'],
      registers,
    }),
    securityEvents: new Counter({
      name: 'security_events_total',
      help: 'What was seen of attacks and refusals',
      labelNames: ['type'],
      registers,
    }),
    securityEventsDropped: new Counter({
      name: 'security_events_dropped_total',
      help: 'Of these, what is not in the log',
      registers,
    }),
    webhookDeliveries: new Counter({
      name: 'webhook_deliveries_total',
      help: 'Attempts to deliver to webhooks',
      labelNames: ['outcome'],
      registers,
    }),
    redisAway: new Gauge({ name: 'redis_away', help: '1 while limits count on this node alone', registers }),
    loginFailures: new Counter({ name: 'login_failures_total', help: 'Logins refused', registers }),
    messageSeconds: histogram('message_processing_duration_seconds', 'From a message arriving to its answer'),
    appendSeconds: histogram('event_append_duration_seconds', 'One append to the log'),
    deliverySeconds: histogram('realtime_delivery_seconds', 'From recorded time to the sockets of this node'),
    connections: new Gauge({ name: 'active_websocket_connections', help: 'Sockets of this node', registers }),
  }
}

export type Metrics = ReturnType<typeof createMetrics>

/** How far each projection is behind, asked for at each scrape. */
export function measureLag(
  registry: Registry,
  runners: readonly Runner[],
  lagOf: (runner: Runner) => Promise<Lag>,
): void {
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

export interface Lag {
  events: number
  seconds: number
}
