import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { FailureReport } from '../../async/outage.js'
import type { EventLog, Page, Position, RecordedEvent } from '../../eventstore/event-log.js'
import { startFollower } from '../../followers/follower.js'
import { UnavailableError } from '../../async/unavailable-error.js'
import { typedError } from '../../postgres/database-unavailable-error.js'
import { inTransaction } from '../../postgres/transaction.js'
import { moveCheckpoint, readCheckpoint, recordFailure, type Failure, type OpenProjection } from './checkpoint.js'
import { createProgress, type Progress } from '../../followers/progress.js'
import { readAhead } from './read-ahead.js'
import type { SkippedEvents } from './skipped-events.js'

export interface RunnerOptions {
  /** How often a runner checks the position of another one that moved the checkpoint; 25 ms by default. */
  watchMs?: number
  /** After so many checks without movement it takes over again; 20 by default. */
  patience?: number
  /** Pause after the first failure, doubling up to 30 s; 500 ms by default. */
  retryMs?: number
  /** How long a runner that is up to date collects events that no query waits for; 20 ms by default. */
  gatherMs?: number
}

/** A page with at least so many events means that the runner is behind: it continues without a pause. */
const MANY_EVENTS = 250

export interface RunnerStatus {
  name: string
  version: number
  generation: number
  status: 'live' | 'paused' | 'stopped'
  position: Position
  failure: Failure | null
  /** Positions of events that the operator had it skip. */
  skipped: Position[]
}

export interface Runner extends AsyncDisposable {
  progress: Progress
  status(): RunnerStatus
}

export interface RunnerDeps {
  log: EventLog
  pool: Pool
  report: FailureReport
  /** Events that the operator had projections skip; none where it is absent. */
  readSkipped?(): Promise<SkippedEvents>
  options?: RunnerOptions
}

/**
 * The loop that keeps a projection up to date with the log. Any number of them may run, in any number of processes: each batch moves the
 * checkpoint from the position this runner expects, in the transaction of its rows, so that each batch is applied once. Its modes:
 *
 * - **following**: a page comes, its events are applied, the checkpoint moves. A transaction costs as much as many events, so it lets
 *   them gather for a moment, unless someone waits for them or it is behind.
 * - **watching**: another runner moved the checkpoint first. It goes on watching as long as that one moves, then follows again.
 * - **paused**: an event could not be applied. What came before it is; the event and the reason are recorded; it tries again
 *   with growing pauses, and skips nothing but what the operator had it skip. Lost connections are repeated likewise, without being recorded.
 */
export function startRunner(
  open: OpenProjection,
  { log, pool, report, readSkipped, options = {} }: RunnerDeps,
): Runner {
  const { watchMs = 25, patience = 20, retryMs = 500, gatherMs = 20 } = options
  const { projection, generation, table } = open
  const { name, version, streamPrefixes, idleMs = 0 } = projection
  const progress = createProgress(log.start, (a, b) => log.comparePositions(a, b))
  let failure: Failure | null = null
  let skipped: ReadonlySet<Position> = new Set()
  let checkpoint: Position = log.start
  let movedAt = -Infinity
  let isStopped = false

  /** False where another runner has moved the checkpoint. */
  async function applyPage({ events, position }: Page): Promise<boolean> {
    const moved = await inTransaction(pool, async (tx) => {
      if (!(await moveCheckpoint(tx, open, checkpoint, position))) return false
      const applied = events.filter((event) => !skipped.has(event.position))
      if (applied.length > 0) await projection.apply(applied, tx, table)
      return true
    })
    if (!moved) return false
    failure = null
    checkpoint = position
    progress.moveTo(position)
    movedAt = performance.now()
    return true
  }

  /** Applies what it can of a page that failed as a whole, and throws with the very event that cannot be applied. */
  async function applyOneByOne(events: readonly RecordedEvent[]): Promise<void> {
    for (const recorded of events) {
      const { stream, type: eventType, position } = recorded
      try {
        if (!(await applyPage({ events: [recorded], position }))) return
      } catch (error) {
        if (isPassing(error)) throw error
        const found = { position, stream, eventType, code: codeOf(error), at: new Date().toISOString() }
        await recordFailure(pool, open, found)
        failure = found // after it is recorded: a status of paused promises that the table has the reason
        throw error
      }
    }
  }

  async function readStart(): Promise<Position> {
    const current = await readCheckpoint(pool, projection)
    if (current?.generation !== generation) throw new Error(`${name} was rebuilt; start again to use it`)
    checkpoint = current.position
    skipped = (await readSkipped?.())?.get(name) ?? new Set()
    progress.moveTo(checkpoint)
    return checkpoint
  }

  async function handle(page: Page, signal: AbortSignal, restart: () => void): Promise<void> {
    if (page.events.length === 0 && performance.now() - movedAt < idleMs) return
    try {
      if (!(await applyPage(page))) {
        await watch(signal)
        restart()
        return
      }
    } catch (error) {
      if (isPassing(error)) throw error
      await applyOneByOne(page.events)
      restart()
      return
    }
    if (page.events.length < MANY_EVENTS) await progress.wanted(gatherMs, signal)
  }

  async function watch(signal: AbortSignal): Promise<void> {
    for (let still = 0, last = ''; still < patience; still++) {
      await sleep(watchMs, undefined, { signal })
      const position = (await readCheckpoint(pool, projection))?.position ?? last
      if (position === last) continue
      last = position
      still = 0
      progress.moveTo(position)
    }
  }

  const follower = startFollower({
    name: `projection-${name}`,
    log: {
      start: log.start,
      comparePositions: (a, b) => log.comparePositions(a, b),
      follow: (after, following) =>
        readAhead(log, after, {
          ...following,
          many: MANY_EVENTS,
          prepare: async (events) => projection.prepare?.(events),
        }),
    },
    ...(streamPrefixes && { streamPrefixes }),
    start: readStart,
    handle,
    report,
    progress,
    retryMs,
  })
  return {
    progress,
    status() {
      const status = isStopped ? 'stopped' : failure === null ? 'live' : 'paused'
      return { name, version, generation, status, position: progress.position, failure, skipped: [...skipped] }
    },
    [Symbol.asyncDispose]() {
      isStopped = true
      return follower[Symbol.asyncDispose]()
    },
  }
}

const codeOf = (error: unknown): string => {
  const { code, name } = error as { code?: string; name?: string }
  return code ?? name ?? 'unknown'
}

/** What is repeated without being recorded: the database or the keys cannot be reached now, or a race was lost. */
const isPassing = (error: unknown): boolean => typedError(error) instanceof UnavailableError
