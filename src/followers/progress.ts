import { createSignal } from '../async/signal.js'
import type { Position } from '../eventstore/event-log.js'

/** Up to which position a follower has handled the log, and a way to wait for it. */
export interface Progress {
  /** The last position examined, as this process knows it. */
  readonly position: Position
  /** True once `position` is examined; false when that takes longer than `timeoutMs` (for ever when absent) or `signal` aborts. */
  reached(position: Position, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<boolean>
}

/** A progress that its owner moves. */
export interface MutableProgress extends Progress {
  /** Whether a caller waits for a position that is not examined yet. */
  readonly isWanted: boolean
  /** Never moves back. */
  moveTo(position: Position): void
  /** Until a caller waits for a position that is not examined yet, `ms` have passed, or the signal aborts. Never rejects. */
  wanted(ms: number, signal: AbortSignal): Promise<void>
  /** Ends such a wait, for a caller in another process. */
  want(): void
}

export function createProgress(
  start: Position,
  comparePositions: (a: Position, b: Position) => number,
): MutableProgress {
  let current = start
  const waiting = new Set<{ position: Position; done(reached: boolean): void }>()
  const asked = createSignal()

  return {
    get position() {
      return current
    },
    get isWanted() {
      return waiting.size > 0
    },
    moveTo(position) {
      if (comparePositions(position, current) <= 0) return
      current = position
      for (const waiter of waiting) if (comparePositions(waiter.position, current) <= 0) waiter.done(true)
    },
    reached(position, { timeoutMs, signal } = {}) {
      if (comparePositions(position, current) <= 0) return Promise.resolve(true)
      if (signal?.aborted) return Promise.resolve(false)
      return new Promise((resolve) => {
        const onAbort = (): void => waiter.done(false)
        const timer = timeoutMs === undefined ? undefined : setTimeout(onAbort, timeoutMs)
        const waiter = {
          position,
          done(reached: boolean): void {
            waiting.delete(waiter)
            clearTimeout(timer)
            signal?.removeEventListener('abort', onAbort)
            resolve(reached)
          },
        }
        waiting.add(waiter)
        asked.notify()
        signal?.addEventListener('abort', onAbort)
      })
    },
    want: () => asked.notify(),
    wanted: (ms, signal) => (waiting.size > 0 ? Promise.resolve() : asked.wait(asked.count, ms, signal)),
  }
}
