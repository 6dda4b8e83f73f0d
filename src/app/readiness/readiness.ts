import type { Pool } from 'pg'
import type { Readiness } from '../../api/shapes/readiness-shape.js'
import { CHAIN } from '../../audit/chain/chain-follower.js'
import type { Weakness } from '../../audit/chain/protection.js'
import type { EventLog } from '../../eventstore/event-log.js'
import type { RedisConnection } from '../../limits/redis.js'
import type { ProjectionState } from '../../projections/engine/projection-states.js'
import type { Runner, RunnerStatus } from '../../projections/engine/runner.js'
import type { RealtimeStatus } from '../../realtime/gateway.js'
import { createFilledProjections, type FilledProjections } from './filled-projections.js'
import { probe } from './probe.js'
import type { Lag, LagOf } from './projection-lag.js'

/** A projection that is as far behind is degraded. */
const MAX_LAG_SECONDS = 30
/**
 * Until a projection that follows the log was once as near the head as one of these, on whichever node, no node can serve: its tables may still
 * be filled for the first time. One that is paused or stopped keeps no node from serving.
 */
const NEAR_HEAD = { events: 1_000, seconds: 5 }

export interface ReadinessParts {
  log: Pick<EventLog, 'head' | 'kind'>
  pool: Pick<Pool, 'query'>
  keys: Pick<Pool, 'query'>
  /** Rejects where the main database cannot write. */
  disk: () => Promise<unknown>
  /** Rejects where an event is forged, or the audit chain is not protected. */
  audit: () => Promise<unknown>
  runners: readonly Pick<Runner, 'status' | 'progress'>[]
  /** The states of analysts' projections. */
  analysts: () => Promise<ProjectionState[]>
  lagOf: LagOf
  /** The projections that some node keeps up to date; all where it is absent, as on a projector. */
  led?: () => Promise<ReadonlySet<string>>
  realtime: () => RealtimeStatus
  redis: Pick<RedisConnection, 'health'> | null
  /** Whether it is known which sessions are revoked: where not, requests are answered 503. */
  canTellSessions: () => Promise<boolean>
}

type Components = Readiness['components']

/** The state of every component of this node, asked once for all callers meanwhile. */
export function createReadiness(parts: ReadinessParts): () => Promise<Readiness> {
  let asking: Promise<Readiness> | undefined
  const filled = createFilledProjections(parts.pool)
  return () => (asking ??= ask(parts, filled).finally(() => (asking = undefined)))
}

async function ask(parts: ReadinessParts, filled: FilledProjections): Promise<Readiness> {
  const { log, pool, keys, disk, canTellSessions, redis, audit } = parts
  const [eventStore, postgres, sessions, keyStore, diskSpace, auditChain, redisHealth, projections] = await Promise.all(
    [
      probe(() => log.head(), 'unavailable'),
      probe(() => pool.query('select 1'), 'unavailable'),
      probe(async () => {
        if (!(await canTellSessions())) throw Object.assign(new Error(), { code: 'revocation-unknown' })
      }, 'unavailable'),
      probe(() => keys.query('select 1'), 'degraded'),
      probe(disk, 'degraded'),
      probe(audit, 'degraded'),
      redis?.health() ?? null,
      Promise.all([projectionStates(parts, filled), analystsStates(parts)]),
    ],
  )
  const components = {
    eventStore: { ...eventStore, kind: log.kind },
    postgres,
    keys: keyStore,
    disk: diskSpace,
    audit: auditChain,
    redis: redisHealth,
    sessions,
    realtime: realtimeState(parts.realtime()),
    projections: { ...projections[0], ...projections[1] },
  }
  return { status: statusOf(components), components }
}

/** A node cannot serve without the log, the main database, the session check and filled tables; without the others it serves in part. */
function statusOf({ eventStore, postgres, sessions, keys, disk, realtime, redis, projections, audit }: Components) {
  if (realtime.status === 'unavailable') return 'unavailable' // the node stops
  if ([eventStore, postgres, sessions].some(({ status }) => status !== 'ok')) return 'unavailable'
  if (Object.values(projections).some(({ status }) => status === 'unavailable')) return 'unavailable'
  const isWhole =
    isAuditWhole(audit) &&
    [keys, disk, realtime, redis].every((component) => component === null || component.status === 'ok') &&
    Object.values(projections).every(({ status }) => status === 'live')
  return isWhole ? 'ok' : 'degraded'
}

/** How the installation was set up, and no fault: shown, and does not degrade the node. */
const SHARED_ROLE = 'shared-database-role' satisfies Weakness

export const isAuditWhole = ({ status, reason }: Components['audit']): boolean =>
  status === 'ok' || reason === SHARED_ROLE

function realtimeState({ status, position, reason, isDraining }: RealtimeStatus): Components['realtime'] {
  if (isDraining) return { status: 'unavailable', position, reason: 'draining' }
  return { status: status === 'live' ? 'ok' : 'degraded', position, reason }
}

async function projectionStates(
  { runners, lagOf, led }: ReadinessParts,
  filled: FilledProjections,
): Promise<Components['projections']> {
  const known: { led: ReadonlySet<string> | null } = { led: null }
  if (led !== undefined) await probe(async () => (known.led = await led()), 'degraded')
  const states = await Promise.all(
    runners.map(async (runner) => {
      const state = runner.status()
      const measured: { lag: Lag | null } = { lag: null }
      await probe(async () => (measured.lag = await lagOf(runner)), 'degraded')
      const { lag } = measured
      const isServable = state.status !== 'live' || lag === null || (await isFilled(state, lag, filled))
      const hasProjector = state.status !== 'live' || (known.led?.has(state.name) ?? true)
      const reached = hasProjector ? statusAt(state.status, lag) : 'degraded'
      const status = isServable ? reached : 'unavailable'
      const reason = hasProjector ? {} : { reason: 'no-projector' }
      return [state.name, { ...state, status, lagSeconds: secondsOf(lag), ...reason }] as const
    }),
  )
  return Object.fromEntries(states)
}

/** No request needs the audit chain, so that it may be filled while the node serves. */
async function isFilled(state: RunnerStatus, lag: Lag, filled: FilledProjections): Promise<boolean> {
  if (state.name === CHAIN.name) return true
  if (!isNearHead(lag)) return filled.has(state).catch(() => false)
  await filled.add(state).catch(() => undefined)
  return true
}

/** They keep no node from serving, however far they are; where their database cannot be reached, nothing is known of them. */
async function analystsStates({ analysts }: ReadinessParts): Promise<Components['projections']> {
  const states = await analysts().catch((): ProjectionState[] => [])
  return Object.fromEntries(
    states.map(({ name, version, generation, status, position, lagSeconds, failure }) => {
      const shown = status === 'paused' ? status : 'live'
      return [name, { name, version, generation, status: shown, position, failure, skipped: [], lagSeconds }]
    }),
  )
}

const isNearHead = ({ events, seconds }: Lag): boolean => events <= NEAR_HEAD.events || seconds <= NEAR_HEAD.seconds

const secondsOf = (lag: Lag | null): number | null => lag?.seconds ?? null

const statusAt = (status: string, lag: Lag | null): string =>
  status === 'live' && (secondsOf(lag) ?? 0) >= MAX_LAG_SECONDS ? 'degraded' : status
