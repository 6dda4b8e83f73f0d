import { setTimeout as sleep } from 'node:timers/promises'
import { createOutage, type FailureReport } from '../async/outage.js'
import type { EventLog, Page, Position } from '../eventstore/event-log.js'
import { createProgress, type MutableProgress, type Progress } from './progress.js'
import { retryDelay } from '../async/retry-delay.js'

/** Receives the failures of followers, and hears of each while it runs. */
export interface FollowerReport extends FailureReport {
  /** What it returns is called at the end of the follower. */
  onFollowing?(follower: { name: string; progress: Progress }): () => void
  /** A projection has applied events that were read from the log; `began` is a time of `performance.now()`. */
  onApplied?(projection: string, events: Page['events'], began: number): void
}

export interface FollowerDeps {
  /** As log lines and metrics name it. */
  name: string
  log: Pick<EventLog, 'follow' | 'start' | 'comparePositions'>
  /** Only events of streams whose name begins with one of these; all when absent. */
  streamPrefixes?: readonly string[]
  /** Where to begin, asked before every attempt; `handled` is the end of the last page handled, null before the first. */
  start(handled: Position | null): Position | Promise<Position>
  /**
   * Handles a page. When it throws, the follower pauses and begins again from `start`, so that a page may come again, whole; after
   * `restart` it does so at once, in place of the next page.
   */
  handle(page: Page, signal: AbortSignal, restart: () => void): void | Promise<void>
  report: FollowerReport
  /** Moved to the end of each handled page; one of its own by default. */
  progress?: MutableProgress
  /** Pause after the first failure, doubling up to 30 s, or 2 s where a database or the log is unavailable; 500 ms by default. */
  retryMs?: number
  /** Waits before another attempt, `ms` at most; may end early or reject. */
  pause?(ms: number, signal: AbortSignal): Promise<void>
}

export interface FollowerStatus {
  name: string
  /** Up to here everything is handled. */
  position: Position
  /** Why it is pausing before another attempt; null while it follows. */
  error: unknown
}

export interface Follower extends AsyncDisposable {
  progress: Progress
  status(): FollowerStatus
}

/**
 * The one loop that follows the log: page after page in order, none skipped, each repeated until it is handled. Ends when disposed,
 * after what is being handled.
 */
export function startFollower(deps: FollowerDeps): Follower {
  const { name, log, streamPrefixes, start, handle, report, retryMs = 500, pause = pauseFor } = deps
  const progress = deps.progress ?? createProgress(log.start, (a, b) => log.comparePositions(a, b))
  const stop = new AbortController()
  const { signal } = stop
  const isStopped = (): boolean => signal.aborted
  const outage = createOutage(name, report)
  /** Where the present outage began: reaching a page proves that the start works, and only a handled page that handling does. */
  let failedAt: 'start' | 'page' | null = null
  let handled: Position | null = null
  let failures = 0

  function succeeded(): void {
    failures = 0
    failedAt = null
    outage.succeeded()
  }

  /** Until the log is closed, or the handler asks to begin again. */
  async function follow(from: Position): Promise<'closed' | 'restart'> {
    for await (const page of log.follow(from, { ...(streamPrefixes && { streamPrefixes }), signal })) {
      const wish = { restart: false }
      await handle(page, signal, () => (wish.restart = true))
      succeeded()
      if (wish.restart) return 'restart'
      handled = page.position
      progress.moveTo(handled)
    }
    return 'closed'
  }

  async function run(): Promise<void> {
    while (!isStopped()) {
      let stage: 'start' | 'page' = 'start'
      try {
        const from = await start(handled)
        if (failedAt === 'start') succeeded()
        progress.moveTo(from)
        stage = 'page'
        if ((await follow(from)) === 'closed') return
      } catch (error) {
        if (isStopped()) return
        failedAt ??= stage
        outage.failed(error)
        await pause(retryDelay(++failures, retryMs, error), signal).catch(() => undefined)
      }
    }
  }

  const running = run()
  const ended = report.onFollowing?.({ name, progress })
  return {
    progress,
    status: () => ({ name, position: progress.position, error: outage.error }),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
      ended?.()
    },
  }
}

const pauseFor = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal })
