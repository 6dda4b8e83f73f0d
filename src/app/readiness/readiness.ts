import type { Pool } from 'pg'
import type { Readiness } from '../../api/shapes.js'
import type { EventLog } from '../../eventstore/event-log.js'
import type { RedisConnection } from '../../limits/redis.js'
import type { Runner } from '../../projections/engine/runner.js'
import type { HubStatus } from '../../realtime/hub.js'
import { probe } from './probe.js'
import type { LagOf } from './projection-lag.js'

/** A projection that is as far behind is degraded. */
const MAX_LAG_SECONDS = 30

export interface ReadinessParts {
  log: Pick<EventLog, 'head' | 'kind'>
  pool: Pick<Pool, 'query'>
  keys: Pick<Pool, 'query'>
  /** Rejects where the main database cannot write. */
  disk: () => Promise<unknown>
  runners: readonly Pick<Runner, 'status' | 'progress'>[]
  lagOf: LagOf
  realtime: () => HubStatus
  redis: Pick<RedisConnection, 'health'> | null
  /** Whether it is known which sessions are revoked: where not, requests are answered 503. */
  canTellSessions: () => Promise<boolean>
}

type Components = Readiness['components']

/** The state of every component of this node, asked once for all callers meanwhile. */
export function createReadiness(parts: ReadinessParts): () => Promise<Readiness> {
  let asking: Promise<Readiness> | undefined
  return () => (asking ??= ask(parts).finally(() => (asking = undefined)))
}

async function ask(parts: ReadinessParts): Promise<Readiness> {
  const { log, pool, keys, disk, canTellSessions, redis } = parts
  const [eventStore, postgres, sessions, keyStore, diskSpace, redisHealth, projections] = await Promise.all([
    probe(() => log.head(), 'unavailable'),
    probe(() => pool.query('select 1'), 'unavailable'),
    probe(async () => {
      if (!(await canTellSessions())) throw Object.assign(new Error(), { code: 'revocation-unknown' })
    }, 'unavailable'),
    probe(() => keys.query('select 1'), 'degraded'),
    probe(disk, 'degraded'),
    redis?.health() ?? null,
    projectionStates(parts),
  ])
  const components = {
    eventStore: { ...eventStore, kind: log.kind },
    postgres,
    keys: keyStore,
    disk: diskSpace,
    redis: redisHealth,
    sessions,
    realtime: realtimeState(parts.realtime()),
    projections,
  }
  return { status: statusOf(components), components }
}

/** A node cannot serve without the log, the main database and the session check; without the others it serves in part. */
function statusOf({ eventStore, postgres, sessions, keys, disk, realtime, redis, projections }: Components) {
  if ([eventStore, postgres, sessions].some(({ status }) => status !== 'ok')) return 'unavailable'
  const isWhole =
    [keys, disk, realtime, redis].every((component) => component === null || component.status === 'ok') &&
    Object.values(projections).every(({ status }) => status === 'live')
  return isWhole ? 'ok' : 'degraded'
}

const realtimeState = ({ status, position, reason }: HubStatus): Components['realtime'] => ({
  status: status === 'live' ? 'ok' : 'degraded',
  position,
  reason,
})

async function projectionStates({ runners, lagOf }: ReadinessParts): Promise<Components['projections']> {
  const states = await Promise.all(
    runners.map(async (runner) => {
      const state = runner.status()
      const lag: { seconds: number | null } = { seconds: null }
      await probe(async () => (lag.seconds = (await lagOf(runner)).seconds), 'degraded')
      const { seconds: lagSeconds } = lag
      const isBehind = state.status === 'live' && lagSeconds !== null && lagSeconds >= MAX_LAG_SECONDS
      return [state.name, { ...state, status: isBehind ? 'degraded' : state.status, lagSeconds }] as const
    }),
  )
  return Object.fromEntries(states)
}
