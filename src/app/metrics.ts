import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const EVENTS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000]

/**
 * Every metric of a server. Names are public: dashboards and alerts rely on them. Durations are seconds. Labels take few values: templates of
 * routes and names of parts, never an id. `measured` ones get their values at each scrape.
 */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers })
  const histogram = (name: string, help: string, buckets: number[], ...labelNames: string[]) =>
    new Histogram({ name, help, buckets, labelNames, registers })
  /** Of several processes of one node, the largest value counts. */
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers, aggregator: 'max' })
  /** Of several processes of one node, the smallest value counts: it is up only where it is for all. */
  const leastGauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers, aggregator: 'min' })
  /** Of several processes of one node, the sum counts. */
  const summedGauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers, aggregator: 'sum' })

  return {
    registry,
    info: gauge('parley_info', '1; the release and the log in use', 'version', 'event_store'),

    messagesSent: counter('messages_sent_total', 'Messages recorded'),
    messageSeconds: histogram(
      'message_processing_duration_seconds',
      'Time from receiving a message to answering it',
      SECONDS,
    ),
    appendSeconds: histogram('event_append_duration_seconds', 'Time of one append to the log', SECONDS),
    appendEvents: histogram('event_append_events', 'Events in one append to the log', EVENTS),
    deliverySeconds: histogram(
      'realtime_delivery_seconds',
      'Time from recording an event to sending it to the sockets of this node',
      SECONDS,
    ),
    connections: summedGauge('active_websocket_connections', 'Connected sockets of this node'),
    clientEvents: histogram(
      'socket_event_duration_seconds',
      'Time from receiving an event of a socket to answering it, by the class of the status that HTTP would give',
      SECONDS,
      'event',
      'status',
    ),

    rateLimited: counter('rate_limited_total', 'Requests refused by a rate limit', 'limit'),
    loginFailures: counter('login_failures_total', 'Failed logins'),
    securityEvents: counter('security_events_total', 'Security events seen', 'type'),
    securityEventsDropped: counter(
      'security_events_dropped_total',
      'Security events that could not be recorded in the log',
    ),
    webhookDeliveries: counter('webhook_deliveries_total', 'Attempted webhook deliveries', 'outcome'),

    followerFailing: gauge('follower_failing', '1 while this background work fails and is retried', 'follower'),
    followerFailures: counter(
      'follower_failures_total',
      'Outages of what follows the log and of job queues',
      'follower',
    ),
    redisAway: gauge('redis_away', '1 while Redis is unreachable and rate limits count on this node alone'),

    measured: {
      nodeReady: leastGauge('node_ready', '1 while this node can serve, as /readyz answers'),
      componentUp: leastGauge('component_up', '1 while this component works, as /readyz shows it', 'component'),
      componentSeconds: gauge('component_latency_seconds', 'Time of the last probe of this component', 'component'),
      projectionLagEvents: gauge('projection_lag_events', 'Events that the projection has not examined', 'projection'),
      projectionLagSeconds: gauge(
        'projection_lag_seconds',
        'Time since the first event that the projection has not examined was recorded',
        'projection',
      ),
      projectionPaused: gauge('projection_paused', '1 while the projection is paused by an event', 'projection'),
      followerLagEvents: gauge('follower_lag_events', 'Events that this background work has not examined', 'follower'),
      followerLagSeconds: gauge(
        'follower_lag_seconds',
        'Time since the first event that this background work has not examined was recorded',
        'follower',
      ),
      jobsDue: gauge('jobs_due', 'Jobs of this queue that are due', 'queue'),
      jobsOverdueSeconds: gauge('jobs_overdue_seconds', 'Time since the oldest job of this queue is due', 'queue'),
      poolConnections: summedGauge(
        'postgres_pool_connections',
        'Connections to this database, by whether they are busy',
        'database',
        'state',
      ),
      poolWaiting: summedGauge('postgres_pool_waiting', 'Statements that wait for a connection', 'database'),
      cacheHits: counter('cache_hits_total', 'Questions that this cache could answer', 'cache'),
      cacheMisses: counter('cache_misses_total', 'Questions that this cache could not answer', 'cache'),
      diskFree: gauge('data_directory_free_bytes', 'Free space where the data directory is'),
      diskSize: gauge('data_directory_size_bytes', 'Size of the disk where the data directory is'),
      auditEntries: gauge('audit_chain_entries', 'Entries of the audit chain'),
      auditUnsignedSeconds: gauge(
        'audit_unsigned_seconds',
        'Time since the last checkpoint was signed, while the audit chain has entries after it; else 0',
      ),
      auditUnanchoredSeconds: gauge(
        'audit_unanchored_seconds',
        'Age of the oldest checkpoint after the last one stored at this target; 0 where there is none',
        'target',
      ),
      auditVerified: leastGauge(
        'audit_verification_ok',
        '1 where the last complete verification found no difference, else 0',
      ),
      auditVerifiedAt: gauge('audit_verification_timestamp_seconds', 'When the last complete verification began'),
    },
  }
}

export type Metrics = ReturnType<typeof createMetrics>

/** In the text format of Prometheus. */
export interface MetricsText {
  text: string
  contentType: string
}

/** As processes of one server hand them to each other. */
export type MetricObjects = Awaited<ReturnType<Registry['getMetricsAsJSON']>>
