import type { Readiness } from '../api/shapes/readiness-shape.js'
import type { UserCache } from '../realtime/user-cache.js'
import type { Config } from './config.js'
import type { Core } from './core.js'
import type { Metrics } from './metrics.js'
import type { FollowerList } from './metrics/followers.js'
import { measureAudit } from './metrics/measure-audit.js'
import { measureLag } from './metrics/measure-lag.js'
import { measureCaches, measureDisk, measurePools } from './metrics/measure-process.js'
import { measureQueues } from './metrics/measure-queues.js'
import { measureReadiness } from './metrics/measure-readiness.js'
import { createLagOf } from './readiness/projection-lag.js'
import { parleyVersion } from './version.js'

export interface MeasuredParts {
  readiness: () => Promise<Readiness>
  followers: FollowerList
  users: UserCache
  metrics: Metrics
}

/** Has the metrics ask for what they show, at each scrape. */
export function startMeasurements(
  config: Pick<Config, 'dataDir' | 'auditAnchors'>,
  core: Core,
  { readiness, followers, users, metrics }: MeasuredParts,
): void {
  const { log, clock, runners, chain, handler, dataKeys } = core
  const { main, keys } = core.databases
  metrics.info.set({ version: parleyVersion, event_store: log.kind }, 1)
  measureReadiness(metrics, readiness)
  measureLag(metrics, {
    lagOf: createLagOf(core),
    runners: [...Object.values(runners), chain.runner],
    followers: followers.all,
  })
  measureQueues(metrics, main, clock)
  measureAudit(metrics, { pool: main, targets: config.auditAnchors.map(({ name }) => name), clock })
  measurePools(metrics, { main, keys })
  measureCaches(metrics, { streams: handler.cacheUse, 'data-keys': dataKeys.cacheUse, users: users.cacheUse })
  measureDisk(metrics, config.dataDir)
}
