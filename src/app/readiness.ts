import type { Pool } from 'pg'
import type { Readiness } from '../api/shapes.js'
import type { EventLog } from '../eventstore/event-log.js'
import type { RedisConnection } from '../limits/redis.js'
import type { Runner } from '../projections/engine/runner.js'
import type { HubStatus } from '../realtime/hub.js'

const PATIENCE_MS = 2_000

type Probe = Pick<Readiness['components']['postgres'], 'status' | 'latencyMs' | 'reason'>

/** What this node can do just now: asks each part, once for all who ask meanwhile, and waits at most 2 s for it. */
export function createReadiness(parts: {
  log: EventLog
  pool: Pool
  runners: readonly Runner[]
  realtime: () => HubStatus
  redis: RedisConnection | null
  /** Whether it can tell which sessions still hold: where not, it lets nobody in. */
  canTellSessions: () => Promise<boolean>
}): () => Promise<Readiness> {
  async function ask(): Promise<Readiness> {
    const [eventStore, postgres, sessions, redis] = await Promise.all([
      probe(() => parts.log.head()),
      probe(() => parts.pool.query('select 1')),
      probe(async () => {
        if (!(await parts.canTellSessions())) throw Object.assign(new Error(), { code: 'revocation-unknown' })
      }),
      parts.redis?.health() ?? null,
    ])
    const projections = parts.runners.map((runner) => runner.status())
    const follows = projections.every(({ status }) => status === 'live') && parts.realtime().status === 'live'
    const isWhole = follows && redis?.status !== 'degraded'
    const isAway = [eventStore, postgres, sessions].some(({ status }) => status === 'unavailable')
    return {
      status: isAway ? 'unavailable' : isWhole ? 'ok' : 'degraded',
      components: {
        eventStore: { ...eventStore, kind: parts.log.kind },
        postgres,
        redis,
        sessions,
        projections: Object.fromEntries(projections.map((status) => [status.name, { ...status }])),
      },
    }
  }

  // Anyone may ask, as often as they like.
  let asking: Promise<Readiness> | undefined
  return () => (asking ??= ask().finally(() => (asking = undefined)))
}

async function probe(ask: () => Promise<unknown>): Promise<Probe> {
  const began = performance.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error(), { code: `no answer within ${PATIENCE_MS} ms` })),
      PATIENCE_MS,
    )
  })
  try {
    await Promise.race([ask(), late])
    return { status: 'ok', latencyMs: performance.now() - began, reason: null }
  } catch (error) {
    return { status: 'unavailable', latencyMs: null, reason: reasonOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

/** Anyone may ask, so the reason is a code: messages name hosts, databases and people. */
const reasonOf = (error: unknown): string => {
  const { code, name } = error as { code?: string; name?: string }
  return code ?? (name === undefined || name === 'Error' ? 'no connection' : name)
}
