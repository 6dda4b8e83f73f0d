import { type EventStoreDBClient, streamNameFilter } from '@eventstore/db-client'
import { setTimeout as pause } from 'node:timers/promises'
import type { LogEnd, TailSource } from '../tail.js'
import type { Entry } from '../window.js'
import { FAR_DEADLINE_MS } from './client.js'
import type { ClientConnection } from './client-connection.js'
import { type EventReads, toPosition } from './event-reads.js'
import type { Recorded, Resolved } from './recorded.js'

const MAX_PAUSE_MS = 1_000

export interface SubscriptionOptions {
  streamPrefix: string
  /** How often the subscription is held against the log's head. */
  watchMs: number
  /** Doubled for each attempt that brought nothing, and waited before the next. */
  retryMs: number
}

/**
 * The subscription that feeds the tail of this process. It ends for many reasons and is not restored by the client, so this loop
 * subscribes again, from the last event received. Checkpoints are ignored: some servers send wrong ones.
 */
export function createSubscription(
  connection: ClientConnection,
  reads: Pick<EventReads, 'head'>,
  recorded: Recorded,
  { streamPrefix, watchMs, retryMs }: SubscriptionOptions,
): Pick<TailSource, 'fill'> {
  const filter =
    streamPrefix === '' ? streamNameFilter({ regex: '^[^$]' }) : streamNameFilter({ prefixes: [streamPrefix] })

  /** Until it ends, fails, falls silent or the signal aborts. */
  function subscribe(client: EventStoreDBClient, end: LogEnd, signal: AbortSignal): Promise<void> {
    const from = end.at
    return new Promise((resolve) => {
      const options = { fromPosition: toPosition(from), filter, deadline: FAR_DEADLINE_MS, requiresLeader: true }
      const subscription = client.subscribeToAll(options)
      const arrive = gatherArrivals(end, recorded)
      const watch = new AbortController()
      void untilSilent(end, reads, watchMs, watch.signal).then(leave)
      signal.addEventListener('abort', leave)
      subscription.on('data', arrive).on('error', fail).on('end', leave)
      if (signal.aborted) leave()

      function fail(error: unknown): void {
        // after events it is most likely dropped as too slow: no failure
        if (!watch.signal.aborted && end.at === from) end.failed(error)
        leave()
      }

      function leave(): void {
        watch.abort()
        signal.removeEventListener('abort', leave)
        subscription.off('data', arrive) // errors may still come
        subscription.unsubscribe().catch(() => undefined) // where it cannot be ended any more, it has ended
        resolve()
      }
    })
  }

  return {
    async fill(end, signal) {
      let idle = 0
      while (!signal.aborted) {
        const before = end.at
        await connection.use((client) => subscribe(client, end, signal))
        idle = end.at > before ? 0 : idle + 1
        if (idle === 0) continue // most likely dropped as too slow, as after a burst
        const pauseMs = Math.min(retryMs * 2 ** idle, MAX_PAUSE_MS)
        await pause(pauseMs, undefined, { signal }).catch(() => undefined) // closing ends the pause
      }
    },
  }
}

/**
 * Hands on together what arrives together, at the end of this turn of the event loop: long before a next subscription could give it
 * again. What is not above the end is known already.
 */
function gatherArrivals(end: LogEnd, { toEntry }: Recorded): (resolved: Resolved) => void {
  let entries: Entry[] = []

  function handOn(): void {
    end.add(entries)
    end.succeeded()
    entries = []
  }

  return (resolved) => {
    const entry = toEntry(resolved)
    if (entry === null || entry.at <= (entries.at(-1)?.at ?? end.at)) return
    if (entries.length === 0) setImmediate(handOn)
    entries.push(entry)
  }
}

/**
 * A subscription may stop without an error: nothing arrived for a whole interval, although the log had more before it. One that
 * lasts for an interval works.
 */
async function untilSilent(
  end: LogEnd,
  { head }: Pick<EventReads, 'head'>,
  watchMs: number,
  signal: AbortSignal,
): Promise<void> {
  const failed = (error: unknown): null => {
    if (!signal.aborted) end.failed(error)
    return null
  }
  for (;;) {
    const newest = await head().catch(failed)
    const before = end.at
    const isLeft = await pause(watchMs, false, { signal }).catch(() => true)
    if (isLeft) return
    if (newest === null) continue // an unavailable or slow store is not a silent subscription
    if (end.at === before && newest > before) return
    end.succeeded()
  }
}
