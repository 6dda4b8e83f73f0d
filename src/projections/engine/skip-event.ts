import type { Pool } from 'pg'
import type { EventLog } from '../../eventstore/event-log.js'
import type { EventReader } from '../../privacy/event-reader.js'
import type { EventSealer } from '../../privacy/event-sealer.js'
import { appendToLogStream } from '../../privacy/log-stream.js'
import { readCheckpoint } from './checkpoint.js'
import { readGenerations } from './generations.js'
import { retryProjection } from './projection-control.js'
import type { Projection } from './projection.js'
import { readSkippedEvents } from './skipped-events.js'

export interface SkipDeps {
  pool: Pool
  log: EventLog
  reader: EventReader
  sealer: EventSealer
}

export interface Skip {
  position: string
  /** A user's id, or `system:` and the name of an account of the operating system. */
  by: string
  reason: string
}

export type SkipOutcome =
  | { kind: 'skipped' }
  /** It must not skip any event. */
  | { kind: 'never'; why: string }
  /** It is not paused there: the positions where it is, and its build. */
  | { kind: 'not-paused'; pausedAt: string[] }

/**
 * Has a projection pass over the event at which it is paused. The log keeps who did so and why; it goes on at once, and a rebuild skips the
 * event again.
 */
export async function skipEvent(projection: Projection, skip: Skip, deps: SkipDeps): Promise<SkipOutcome> {
  const { pool, log, reader } = deps
  const { name, neverSkips } = projection
  if (neverSkips !== undefined) return { kind: 'never', why: neverSkips }
  if ((await readSkippedEvents(log, reader)).get(name)?.has(skip.position) === true) return { kind: 'skipped' }
  const pausedAt = await positionsOfFailures(pool, projection)
  if (!pausedAt.includes(skip.position)) return { kind: 'not-paused', pausedAt }
  await appendToLogStream(() => [{ type: 'ProjectionEventSkipped', projection: name, ...skip }], deps)
  await retryProjection(pool, projection)
  return { kind: 'skipped' }
}

/** It and its build may each be paused. */
async function positionsOfFailures(pool: Pool, projection: Projection): Promise<string[]> {
  const rows = [await readCheckpoint(pool, projection), ...(await readGenerations(pool, [projection]))]
  return [...new Set(rows.flatMap((row) => row?.failure?.position ?? []))]
}
