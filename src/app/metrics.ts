import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

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
      help: 'Requests refused by a rate limit',
      labelNames: ['limit'],
      registers,
    }),
    securityEvents: new Counter({
      name: 'security_events_total',
      help: 'Security events seen',
      labelNames: ['type'],
      registers,
    }),
    securityEventsDropped: new Counter({
      name: 'security_events_dropped_total',
      help: 'Security events that could not be recorded in the log',
      registers,
    }),
    webhookDeliveries: new Counter({
      name: 'webhook_deliveries_total',
      help: 'Attempted webhook deliveries',
      labelNames: ['outcome'],
      registers,
    }),
    followerFailing: new Gauge({
      name: 'follower_failing',
      help: '1 while this background work fails and is retried',
      labelNames: ['follower'],
      registers,
    }),
    followerFailures: new Counter({
      name: 'follower_failures_total',
      help: 'Outages of what follows the log and of job queues',
      labelNames: ['follower'],
      registers,
    }),
    redisAway: new Gauge({
      name: 'redis_away',
      help: '1 while Redis is unreachable and rate limits count on this node alone',
      registers,
    }),
    loginFailures: new Counter({ name: 'login_failures_total', help: 'Failed logins', registers }),
    messageSeconds: histogram('message_processing_duration_seconds', 'Time from receiving a message to answering it'),
    appendSeconds: histogram('event_append_duration_seconds', 'Time of one append to the log'),
    deliverySeconds: histogram(
      'realtime_delivery_seconds',
      'Time from recording an event to sending it to the sockets of this node',
    ),
    connections: new Gauge({ name: 'active_websocket_connections', help: 'Connected sockets of this node', registers }),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
