import { setTimeout as sleep } from 'node:timers/promises'
import { UnknownPositionError, type EventLog, type Page, type Position } from '../eventstore/event-log.js'

export interface FollowLogDeps {
  log: EventLog
  /** Only events of streams whose name begins with one of these. */
  streamPrefixes: readonly string[]
  /** Where to begin. */
  start(): Promise<Position>
  /** Takes a page, and writes down where it ends, in whatever way suits it. Repeated after it has thrown, and after a crash. */
  examine(page: Page): Promise<void>
  /** Told once for each failure, not for its repeats. */
  onFailure(error: unknown): void
  /** How long it lets events gather after a page that held some; not at all by default. */
  gatherMs?: number
  /** Pause after the first failure, doubling up to 30 s; 500 ms by default. */
  retryMs?: number
}

/** Has a follower with side effects examine the log, page after page and none skipped, until the signal ends it. */
export async function followLog(deps: FollowLogDeps, signal: AbortSignal): Promise<void> {
  const { log, streamPrefixes, start, examine, onFailure, gatherMs = 0, retryMs = 500 } = deps
  const isStopped = (): boolean => signal.aborted
  const pause = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal }).catch(() => undefined)
  let position: Position | null = null
  let failures = 0

  async function follow(): Promise<void> {
    position ??= await start()
    for await (const page of log.follow(position, { streamPrefixes, signal })) {
      await examine(page)
      position = page.position
      failures = 0
      if (gatherMs > 0 && page.events.length > 0) await pause(gatherMs)
    }
  }

  while (!isStopped()) {
    try {
      await follow()
    } catch (error) {
      if (isStopped()) return
      if (failures++ === 0) onFailure(error)
      await pause(Math.min(30_000, retryMs * 2 ** (failures - 1)))
    }
  }
}

/** Where a follower goes on that stands at `known`; `otherwise` where that is no place of this log. */
export function placeIn(log: EventLog, known: Position, otherwise: Position): Position {
  try {
    log.comparePositions(known, otherwise)
    return known
  } catch (error) {
    if (error instanceof UnknownPositionError) return otherwise
    throw error
  }
}
