import type { Logger } from 'winston'
import type { FailureReport } from '../async/outage.js'
import { openRedis, type RedisConnection } from '../limits/redis.js'
import type { Config } from './config.js'
import type { Metrics } from './metrics.js'
import type { Releases } from './release.js'
import { StartupError } from './startup-error.js'

/**
 * Null where none is configured; otherwise after the first attempt to reach it: it may be away.
 * @throws StartupError where it answers, and refuses the connection
 */
export async function startRedis(
  { redisUrl: url }: Pick<Config, 'redisUrl'>,
  { logger, report, metrics: { redisAway } }: { logger: Logger; report: FailureReport; metrics: Metrics },
  releases: Releases,
): Promise<RedisConnection | null> {
  if (url === null) return null
  const onChange = (state: 'away' | 'back', reason: string | null): void => {
    redisAway.set(state === 'away' ? 1 : 0)
    logger.warn(state === 'away' ? 'Redis is away: limits count on this node alone' : 'Redis is back', { reason })
  }
  const redis = releases.add(openRedis({ url, report, onChange }))
  const refusal = await redis.tried
  if (refusal !== null)
    throw new StartupError(
      `REDIS_URL: Redis refuses the connection (${refusal}): correct user, password and database number`,
    )
  return redis
}
