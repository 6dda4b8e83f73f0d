import { setMaxListeners } from 'node:events'
import { attempt } from '../async/attempt.js'
import type { FailureReport } from '../async/outage.js'
import { createSharedOutage } from '../async/shared-outage.js'
import { createSignal } from '../async/signal.js'
import type { FollowOptions, Page } from './event-log.js'
import type { Positions } from './positions.js'
import { createWindow, type Entry, type Window, type WindowBounds } from './window.js'

/** How much of the log's end is kept for its followers, and how much each of them gets at once. */
export interface TailBounds {
  window: WindowBounds
  pageEvents: number
}

export const TAIL_BOUNDS: TailBounds = { window: { events: 8_000, characters: 16 * 1024 * 1024 }, pageEvents: 1_000 }

/** The store, as the tail needs it. */
export interface TailSource {
  /** The last position, 0 for an empty log. */
  head(): Promise<number>
  /** The log above `after`, in order. */
  readAll(after: number, limit: number): Promise<Entry[]>
  /**
   * Adds to the end what follows it in the log, in order and without gaps, until the signal aborts. Outlives any outage, and reports
   * it to the end.
   */
  fill(end: LogEnd, signal: AbortSignal): Promise<void>
}

export interface LogEnd {
  /** Position of the last event that was added. */
  readonly at: number
  add(entries: readonly Entry[]): void
  /** Reading what follows failed, and is tried again. */
  failed(error: unknown): void
  /** Reading what follows succeeded, also where there was nothing. */
  succeeded(): void
}

export interface Tail {
  follow(after: number, options: FollowOptions): AsyncGenerator<Page>
  /** Ends every follower. */
  close(): Promise<void>
}

/**
 * The one reader of the log's end, for all followers of this process. It keeps a window of recent events; a follower within it is
 * served from memory, with the very same objects as all others, and one behind it reads pages of its own until it gets there.
 *
 * Everyone holds a position and asks for what is above it, so a wake-up hands nothing over that could be lost or doubled. The
 * first follower starts it; from then on it reads until it is closed, and `retryMs` apart while the store is away. All reads share
 * one outage, reported as `event-log`.
 */
export function createTail(
  source: TailSource,
  positions: Positions,
  retryMs: number,
  report: FailureReport,
  { window: windowBounds, pageEvents } = TAIL_BOUNDS,
): Tail {
  const outage = createSharedOutage('event-log', report)
  const grown = createSignal()
  const closing = new AbortController()
  let window: Window | null = null
  let filling: Promise<void> | null = null
  const behind = new Map<number, Promise<Entry[]>>()

  async function fill(): Promise<void> {
    const { failed, succeeded } = outage.part()
    const begun = await beginWindow(failed)
    if (begun === null) return
    succeeded()
    window = begun
    grown.notify() // what came since the followers looked is below it
    const end: LogEnd = {
      get at() {
        return begun.end
      },
      add(entries) {
        begun.add(entries)
        grown.notify()
      },
      failed,
      succeeded,
    }
    await source.fill(end, closing.signal)
  }

  /** At the head; null when closed before the store could be asked. */
  async function beginWindow(failed: (error: unknown) => void): Promise<Window | null> {
    while (!closing.signal.aborted) {
      try {
        return createWindow(await source.head(), windowBounds)
      } catch (error) {
        failed(error)
        await grown.wait(grown.count, retryMs)
      }
    }
    return null
  }

  async function next(after: number): Promise<Entry[]> {
    if (window?.covers(after) === true) return window.above(after, pageEvents)
    return readBehind(after)
  }

  /** Those who are behind at the same place share one read. */
  function readBehind(after: number): Promise<Entry[]> {
    const begun = behind.get(after)
    if (begun !== undefined) return begun
    const reading = source.readAll(after, pageEvents).finally(() => behind.delete(after))
    behind.set(after, reading)
    return reading
  }

  async function* follow(after: number, { streamPrefixes, signal }: FollowOptions): AsyncGenerator<Page> {
    setMaxListeners(0, signal) // any number of followers may share it
    const ended = (): boolean => signal.aborted || closing.signal.aborted
    const wake = (): void => grown.notify()
    signal.addEventListener('abort', wake) // once, not for each wait
    filling ??= fill()
    const reads = outage.part()
    try {
      while (!ended()) {
        const count = grown.count
        const entries = await attempt(reads, () => next(after), []) // after a failure it waits and reads again
        after = entries.at(-1)?.at ?? after
        if (entries.length === 0) await grown.wait(count, window?.covers(after) === true ? undefined : retryMs)
        else if (!ended()) yield { events: matching(entries, streamPrefixes), position: positions.format(after) }
      }
    } finally {
      signal.removeEventListener('abort', wake)
      reads.end()
    }
  }

  return {
    follow,
    async close() {
      closing.abort()
      grown.notify()
      await filling
    },
  }
}

function matching(entries: readonly Entry[], prefixes: readonly string[] | undefined): Page['events'] {
  const events = entries.map(({ event }) => event)
  return prefixes === undefined ? events : events.filter(({ stream }) => prefixes.some((it) => stream.startsWith(it)))
}
