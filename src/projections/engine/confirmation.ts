import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog, Position } from '../../eventstore/event-log.js'
import { withTimeout } from '../../async/with-timeout.js'
import type { Progress } from '../../followers/progress.js'

type Renewed = Promise<{ head: Position } | null>

/** How up to date a follower is known to be. */
export interface Confirmation extends AsyncDisposable {
  /** Whether it has examined everything up to the log's head of less than `staleMs` ago. */
  isFresh(): boolean
  /**
   * Reads the head, in a call that begins after this one, and waits a little for the follower to get there; `isFresh` then tells
   * whether it did. Null where the log does not answer.
   */
  renew(): Renewed
  isStale(since: number): boolean
  now(): number
}

export interface ConfirmationOptions {
  log: Pick<EventLog, 'head'>
  /** The follower's. */
  progress: Progress
  /** Milliseconds that pass also while this process is stopped. */
  now?: () => number
  /** 2 s by default. */
  staleMs?: number
  /** How often it is renewed unasked; 500 ms by default. */
  everyMs?: number
  /** How long the head may take, and then the follower; 1 s and 0.5 s by default. */
  headMs?: number
  followMs?: number
}

/**
 * A follower cannot know from silence that nothing happened: it may be cut off, and the process may have been stopped. What counts is a
 * head that was asked for at a moment t and since examined; then all is known that was in the log at t. So the stamp is t, the moment
 * before asking, on a clock that goes on while the process is stopped: after waking, the old stamp is seen to be old, and an
 * answer that was asked for before the stop stamps a moment before the stop.
 */
export function createConfirmation(options: ConfirmationOptions): Confirmation {
  const { log, progress, now = elapsed, staleMs = 2_000, everyMs = 500, headMs = 1_000, followMs = 500 } = options
  const stop = new AbortController()
  const { signal } = stop
  let confirmedAt = -Infinity
  let running: Renewed | null = null
  let next: Renewed | null = null

  async function confirm(): Renewed {
    const began = now()
    const head = await withTimeout(headMs, log.head()).catch(() => null)
    if (head === null) return null
    if (await progress.reached(head, { timeoutMs: followMs, signal })) confirmedAt = Math.max(confirmedAt, began)
    return { head }
  }

  function begin(): Renewed {
    running = confirm().finally(() => (running = null))
    return running
  }

  /** One at a time; who comes while one runs shares the next, never that one. */
  function renew(): Renewed {
    if (running === null) return begin()
    next ??= running.then(() => {
      next = null
      return begin()
    })
    return next
  }

  async function keepFresh(): Promise<void> {
    while (!signal.aborted) {
      await renew()
      await sleep(everyMs, undefined, { signal }).catch(() => undefined)
    }
  }

  const keeping = keepFresh()
  const isStale = (since: number): boolean => now() - since > staleMs
  return {
    isFresh: () => !isStale(confirmedAt),
    renew,
    isStale,
    now,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await keeping
      await next
    },
  }
}

let total = 0
let last = { monotonic: performance.now(), wall: Date.now() }

/**
 * The monotonic clock goes on while a process is stopped, but may stand still while its machine is; the wall clock jumps then. Of each
 * step, whichever went further counts; one that is set back counts for nothing.
 */
function elapsed(): number {
  const now = { monotonic: performance.now(), wall: Date.now() }
  total += Math.max(now.monotonic - last.monotonic, now.wall - last.wall)
  last = now
  return total
}
