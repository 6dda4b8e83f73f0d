import type { Logger } from 'winston'
import type { Analytics } from '../analytics/analytics.js'
import type { Readiness } from '../api/shapes/readiness-shape.js'
import { checkProtection } from '../audit/chain/protection.js'
import type { RedisConnection } from '../limits/redis.js'
import type { RealtimeStatus } from '../realtime/gateway.js'
import type { Core } from './core.js'
import { findLed } from '../projections/engine/lease.js'
import { createDiskProbe } from './readiness/disk-probe.js'
import { createLagOf } from './readiness/projection-lag.js'
import { createReadiness } from './readiness/readiness.js'
import { watchComponents } from './readiness/watch-components.js'
import type { Releases } from './release.js'
import type { SessionParts } from './start-sessions.js'

export interface ReadinessSources {
  sessions: SessionParts
  redis: RedisConnection | null
  realtimeStatus: () => RealtimeStatus
  isProjector: boolean
  analytics: Analytics | null
  logger: Logger
}

/** The state of every component: for `/readyz`, for metrics, and as log lines when it changes. */
export function startReadiness(
  core: Pick<Core, 'log' | 'reader' | 'clock' | 'runners' | 'databases' | 'chain'>,
  { sessions, redis, realtimeStatus, isProjector, analytics, logger }: ReadinessSources,
  releases: Releases,
): () => Promise<Readiness> {
  const { main, keys } = core.databases
  const runners = [...Object.values(core.runners), core.chain.runner]
  const lagOf = createLagOf(core)
  const readiness = createReadiness({
    log: core.log,
    pool: main,
    keys,
    disk: createDiskProbe(main),
    audit: () => checkProtection(main),
    runners,
    analysts: async () => (await analytics?.states()) ?? [],
    lagOf,
    ...(!isProjector && {
      led: () =>
        findLed(
          main,
          runners.map((runner) => runner.status()),
        ),
    }),
    realtime: realtimeStatus,
    redis,
    canTellSessions: sessions.canTellSessions,
  })
  releases.add(watchComponents(readiness, logger))
  return readiness
}
