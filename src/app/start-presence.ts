import type { FailureReport } from '../async/outage.js'
import type { RedisConnection } from '../limits/redis.js'
import { createLocalPresence } from '../realtime/presence/local-presence.js'
import type { PresenceStore } from '../realtime/presence/presence.js'
import { createRedisPresence } from '../realtime/presence/redis-presence.js'
import type { Core } from './core.js'
import type { Releases } from './release.js'

/** Without Redis, each node knows its own sockets alone. */
export const startPresence = (
  { log, clock }: Pick<Core, 'log' | 'clock'>,
  redis: RedisConnection | null,
  report: FailureReport,
  releases: Releases,
): PresenceStore =>
  releases.add(
    redis === null ? createLocalPresence(clock) : createRedisPresence(redis, { logId: log.id, report, clock }),
  )
