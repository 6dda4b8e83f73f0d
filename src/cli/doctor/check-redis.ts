import { openRedis } from '../../limits/redis.js'
import { failureReport } from '../with-core.js'
import { checkClock } from './check-clock.js'
import { type Finding, ok, warning } from './finding.js'

/** Redis counts and knows who is online: without it nodes serve, each by itself. */
export async function checkRedis(url: string | null): Promise<Finding[]> {
  if (url === null) return [ok('Redis', 'REDIS_URL is not set: limits and presence are those of each node')]
  await using redis = openRedis({ url, report: failureReport })
  const unreachable = await redis.tried
  const { status, latencyMs, reason } = await redis.health()
  if (status !== 'ok')
    return [
      warning('Redis', `it does not answer (${reason ?? unreachable ?? 'no answer'}): start it, or correct REDIS_URL`),
    ]
  return [ok('Redis', `answers in ${Math.ceil(latencyMs ?? 0)} ms`), await checkClock('Redis', () => timeOf(redis))]
}

async function timeOf({ client }: ReturnType<typeof openRedis>): Promise<number> {
  const [seconds, microseconds] = await client.time()
  return Number(seconds) * 1_000 + Number(microseconds) / 1_000
}
