import type { Pool } from 'pg'
import type { Readiness } from './api/shapes.js'
import type { EventLog } from './eventstore/event-log.js'
import type { Runner } from './projections/runner.js'
import type { HubStatus } from './realtime/hub.js'

const PATIENCE_MS = 2_000

type Probe = Pick<Readiness['components']['postgres'], 'status' | 'latencyMs' | 'reason'>

/** What this node can do just now: asks each part, and waits at most 2 s for it. */
export function createReadiness(parts: {
  log: EventLog
  pool: Pool
  runners: readonly Runner[]
  realtime: () => HubStatus
  /** Whether it can tell which sessions still hold: where not, it lets nobody in. */
  canTellSessions: () => Promise<boolean>
}): () => Promise<Readiness> {
  return async () => {
    const [eventStore, postgres, sessions] = await Promise.all([
      probe(() => parts.log.head()),
      probe(() => parts.pool.query('select 1')),
      probe(async () => {
        if (!(await parts.canTellSessions())) throw new Error('it is not known which sessions are revoked')
      }),
    ])
    const projections = parts.runners.map((runner) => runner.status())
    const isWhole = projections.every(({ status }) => status === 'live') && parts.realtime().status === 'live'
    const isAway = [eventStore, postgres, sessions].some(({ status }) => status === 'unavailable')
    return {
      status: isAway ? 'unavailable' : isWhole ? 'ok' : 'degraded',
      components: {
        eventStore: { ...eventStore, kind: parts.log.kind },
        postgres,
        redis: null,
        sessions,
        projections: Object.fromEntries(projections.map((status) => [status.name, { ...status }])),
      },
    }
  }
}

async function probe(ask: () => Promise<unknown>): Promise<Probe> {
  const began = performance.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  try {
    await Promise.race([ask(), late])
    return { status: 'ok', latencyMs: performance.now() - began, reason: null }
  } catch (error) {
    return { status: 'unavailable', latencyMs: null, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}
