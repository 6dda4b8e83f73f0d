import type { Counter, Gauge } from 'prom-client'
import { withTimeout } from '../../async/with-timeout.js'

/** Longer than any question takes on a healthy node, and shorter than Prometheus waits for a scrape. */
const TIMEOUT_MS = 2_000

export interface Sample {
  value: number
  labels?: Record<string, string>
}

/** What is asked for at each scrape. */
export type Ask = () => readonly Sample[] | Promise<readonly Sample[]>

/**
 * Has a metric ask for its values at each scrape. Where that fails or takes longer than 2 s, it has none in this scrape: all other metrics are there
 * nonetheless, since they are needed most while something is away.
 */
export function measure(metric: Gauge | Counter, ask: Ask): void {
  Object.assign(metric, {
    async collect() {
      const samples = await withTimeout(TIMEOUT_MS, Promise.resolve().then(ask)).catch(() => [])
      metric.reset()
      if (samples.length === 0) metric.remove({}) // a metric without labels would be 0
      for (const { labels = {}, value } of samples) metric.inc(labels, value)
    },
  })
}

/** One question for all metrics of a scrape. */
export function shared<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asking: Promise<Answer> | undefined
  return () => (asking ??= ask().finally(() => (asking = undefined)))
}
