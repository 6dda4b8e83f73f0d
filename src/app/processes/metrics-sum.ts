import { AggregatorRegistry, type Registry } from 'prom-client'
import type { MetricObjects, MetricsText } from '../metrics.js'

/** The metrics of all worker processes as those of one server: each metric names by its `aggregator` how; a sum by default. */
export interface MetricsSum {
  read(): Promise<MetricsText>
  /** What a process measured so far, in place of its last. */
  update(process: number, metrics: MetricObjects): void
  /** What the process counted stays in the sum, so that no counter goes back when another takes its place; its gauges do not. */
  ended(process: number): void
}

export function createMetricsSum(): MetricsSum {
  const current = new Map<number, MetricObjects>()
  let past: Promise<MetricObjects> = Promise.resolve([])

  return {
    async read() {
      const registry = sumOf([...current.values(), await past])
      return { text: await registry.metrics(), contentType: registry.contentType }
    },
    update: (process, metrics) => void current.set(process, metrics),
    ended(process) {
      const counted = (current.get(process) ?? []).filter(isCounted)
      current.delete(process)
      past = past.then((before) => sumOf([before, counted]).getMetricsAsJSON())
    },
  }
}

const sumOf = (all: readonly MetricObjects[]): Registry => AggregatorRegistry.aggregate([...all])

/** The library declares numbers where it has names. */
const isCounted = ({ type }: MetricObjects[number]): boolean => String(type) !== 'gauge'
