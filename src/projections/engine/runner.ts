import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { EventLog, Page, Position, RecordedEvent } from '../../eventstore/event-log.js'
import { inTransaction } from '../../postgres/transaction.js'
import { moveCheckpoint, readCheckpoint, recordFailure, type Failure, type OpenProjection } from './checkpoint.js'
import { createProgress, type Progress } from './progress.js'
import { readAhead } from './read-ahead.js'

export interface RunnerOptions {
  /** How often a runner that another one overtook looks where that one stands; 25 ms by default. */
  watchMs?: number
  /** How many looks without movement until it tries again itself; 20 by default. */
  patience?: number
  /** Pause after the first failure, doubling up to 30 s; 500 ms by default. */
  retryMs?: number
  /** How long a runner that is up to date lets events gather while nobody waits for them; 20 ms by default. */
  gatherMs?: number
}

/** A page with as many events comes to a runner that is behind: it goes on at once. */
const MANY_EVENTS = 250

export interface RunnerStatus {
  name: string
  version: number
  generation: number
  status: 'live' | 'paused' | 'stopped'
  position: Position
  failure: Failure | null
}

export interface Runner extends AsyncDisposable {
  progress: Progress
  status(): RunnerStatus
}

export interface RunnerDeps {
  log: EventLog
  pool: Pool
  /** Told once for each failure, not for its repeats. */
  onFailure(name: string, error: unknown): void
  options?: RunnerOptions
}

/**
 * The loop that brings a projection up to the log and keeps it there. Any number of them may run, in any number of processes: each
 * batch moves the checkpoint from where this runner believes it to be, in the transaction of its rows, so that only one of them
 * counts. Its modes:
 *
 * - **following**: a page comes, its events are applied, the checkpoint moves. A transaction costs as much as many events, so it lets
 *   them gather for a moment, unless someone waits for them or it is behind.
 * - **watching**: another runner moved the checkpoint first. It goes on watching as long as that one moves, then follows again.
 * - **paused**: an event could not be applied. What came before it is; the event and the reason are recorded; it tries again
 *   with growing pauses, and never skips. Lost connections are repeated likewise, without being recorded.
 */
export function startRunner(open: OpenProjection, { log, pool, onFailure, options = {} }: RunnerDeps): Runner {
  const { watchMs = 25, patience = 20, retryMs = 500, gatherMs = 20 } = options
  const { projection, generation, table } = open
  const { name, version, streamPrefixes, idleMs = 0 } = projection
  const progress = createProgress(log.start, log.comparePositions)
  const stop = new AbortController()
  const { signal } = stop
  const isStopped = (): boolean => signal.aborted
  let failure: Failure | null = null
  let failures = 0
  const prepare = async (events: readonly RecordedEvent[]): Promise<unknown> => projection.prepare?.(events)
  let movedAt = -Infinity

  /** False where another runner has moved the checkpoint. */
  async function applyPage(from: Position, { events, position }: Page): Promise<boolean> {
    const moved = await inTransaction(pool, async (tx) => {
      if (!(await moveCheckpoint(tx, open, from, position))) return false
      if (events.length > 0) await projection.apply(events, tx, table)
      return true
    })
    if (!moved) return false
    failure = null
    failures = 0
    progress.moveTo(position)
    movedAt = performance.now()
    return true
  }

  /** Applies what it can of a page that failed as a whole, and throws with the very event that does not go. */
  async function applyOneByOne(from: Position, events: readonly RecordedEvent[]): Promise<void> {
    let before = from
    for (const recorded of events) {
      const { stream, type: eventType, position } = recorded
      try {
        if (!(await applyPage(before, { events: [recorded], position }))) return
      } catch (error) {
        if (isPassing(error)) throw error
        failure = { position, stream, eventType, code: codeOf(error), at: new Date().toISOString() }
        await recordFailure(pool, open, failure)
        throw error
      }
      before = position
    }
  }

  async function follow(): Promise<void> {
    const checkpoint = await readCheckpoint(pool, projection)
    if (checkpoint?.generation !== generation) throw new Error(`${name} was rebuilt; start again to use it`)
    let { position } = checkpoint
    progress.moveTo(position)
    const options = { ...(streamPrefixes && { streamPrefixes }), signal, many: MANY_EVENTS, prepare }
    for await (const page of readAhead(log, position, options)) {
      if (page.events.length === 0 && performance.now() - movedAt < idleMs) {
        progress.moveTo(page.position)
        continue
      }
      try {
        if (!(await applyPage(position, page))) {
          await watch()
          return
        }
      } catch (error) {
        if (isPassing(error)) throw error
        await applyOneByOne(position, page.events)
        return
      }
      position = page.position
      if (page.events.length < MANY_EVENTS) await progress.wanted(gatherMs, signal)
    }
  }

  async function watch(): Promise<void> {
    for (let still = 0, last = ''; still < patience; still++) {
      await sleep(watchMs, undefined, { signal })
      const position = (await readCheckpoint(pool, projection))?.position ?? last
      if (position === last) continue
      last = position
      still = 0
      progress.moveTo(position)
    }
  }

  async function run(): Promise<void> {
    while (!isStopped()) {
      try {
        await follow()
      } catch (error) {
        if (isStopped()) return
        if (failures++ === 0) onFailure(name, error)
        await sleep(Math.min(30_000, retryMs * 2 ** (failures - 1)), undefined, { signal }).catch(() => undefined)
      }
    }
  }

  const running = run()
  return {
    progress,
    status() {
      const status = signal.aborted ? 'stopped' : failure === null ? 'live' : 'paused'
      return { name, version, generation, status, position: progress.position, failure }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

const codeOf = (error: unknown): string => {
  const { code, name } = error as { code?: string; name?: string }
  return code ?? name ?? 'unknown'
}

/** What goes away by itself: SQL states of lost connections, shut-down, exhausted resources and lost races, and failed sockets. */
function isPassing(error: unknown): boolean {
  const code = codeOf(error)
  return /^(08|53|57|40|25P0)/.test(code) || /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code) || lostConnection(error)
}

/** The driver's own errors for a connection that went away carry no code. */
const lostConnection = (error: unknown): boolean =>
  error instanceof Error &&
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded)/.test(error.message)
