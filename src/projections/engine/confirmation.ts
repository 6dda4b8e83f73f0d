import { setTimeout as sleep } from 'node:timers/promises'
import type { Outage } from '../../async/outage.js'
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
  /** Begins when the head cannot be read, and ends once the follower is confirmed to be up to date. */
  outage: Pick<Outage, 'failed' | 'succeeded'>
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
 * Silence does not prove that nothing happened: the follower may be cut off, or the process may have been suspended. When a head that was
 * requested at time t has been examined, everything in the log at t is known. So the stamp is t, taken before the request, on a clock that
 * advances while the process is suspended: afterwards an old stamp counts as old, also that of a request made before.
 */
export function createConfirmation(options: ConfirmationOptions): Confirmation {
  const { log, progress, outage, now = elapsed } = options
  const { staleMs = 2_000, everyMs = 500, headMs = 1_000, followMs = 500 } = options
  const stop = new AbortController()
  const { signal } = stop
  let confirmedAt = -Infinity
  let running: Renewed | null = null
  let next: Renewed | null = null

  async function confirm(): Renewed {
    const began = now()
    const head = await withTimeout(headMs, log.head()).catch(headFailed)
    if (head === null) return null
    if (await progress.reached(head, { timeoutMs: followMs, signal })) {
      confirmedAt = Math.max(confirmedAt, began)
      outage.succeeded()
    }
    return { head }
  }

  function headFailed(error: unknown): null {
    outage.failed(error)
    return null
  }

  function begin(): Renewed {
    running = confirm().finally(() => (running = null))
    return running
  }

  /** One at a time; callers that arrive while one runs share the next. */
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
 * The monotonic clock advances while a process is suspended, but may not while its machine is; the wall clock jumps then. Of each step,
 * the larger one counts; a clock that is set back adds nothing.
 */
function elapsed(): number {
  const now = { monotonic: performance.now(), wall: Date.now() }
  total += Math.max(now.monotonic - last.monotonic, now.wall - last.wall)
  last = now
  return total
}
