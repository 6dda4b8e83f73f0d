import { backoffMs } from '../async/backoff.js'
import { delay } from '../async/delay.js'
import { isTransient } from '../parley-error.js'
import type { EventFeed } from '../realtime/event-feed.js'
import type { FetchEvents } from '../realtime/fill-gap.js'
import type { ChatEvent } from '../realtime/server-events.js'
import { createEventBuffer, type EventBuffer } from './event-buffer.js'

export interface IterateOptions {
  /** Begins with the events above this version; without it, with the next one. */
  after?: number
  /** Ends the iteration. */
  signal?: AbortSignal
  /** Most events held for a reader that is slow (500 by default); those beyond are fetched when it comes to them. */
  maxBuffered?: number
}

export interface IterateDeps {
  feed: Pick<EventFeed, 'onChatEvent' | 'onGone' | 'onReady' | 'cursor'>
  fetchEvents: FetchEvents
  /** Ends every iteration. */
  closed: AbortSignal
}

/**
 * The events of one chat, in order, without gaps and repeats. It ends with the user's membership, with `signal`, and when the client is closed.
 * A `resync` among them says that the events before its version are not delivered.
 */
export function iterateEvents(
  chatId: string,
  options: IterateOptions,
  deps: IterateDeps,
): AsyncGenerator<ChatEvent, void, undefined> {
  // Taken now: what happens before the first call of `next` is fetched then.
  const start = options.after ?? deps.feed.cursor(chatId) ?? null
  return iterate(chatId, start, options, deps)
}

async function* iterate(
  chatId: string,
  start: number | null,
  { signal, maxBuffered = 500 }: IterateOptions,
  { feed, fetchEvents, closed }: IterateDeps,
): AsyncGenerator<ChatEvent, void, undefined> {
  const ending = AbortSignal.any([closed, ...(signal ? [signal] : [])])
  const isEnding = (): boolean => ending.aborted
  const buffer = createEventBuffer(chatId, start, maxBuffered, feed)
  try {
    for (let failures = 0; !isEnding();) {
      const event = buffer.take()
      if (event !== undefined) yield event
      else if (buffer.isBehind) {
        failures = (await fetchMissing(buffer)) ? 0 : failures + 1
        if (failures > 0) await delay(backoffMs(failures - 1, { firstMs: 100, maxMs: 5_000 }), ending)
      } else if (buffer.isGone) return
      else await changed(buffer, ending)
    }
  } finally {
    buffer.stop()
  }

  /** Whether it came any further: the server may be away, or the node that was asked may not have read that far yet. */
  async function fetchMissing({ taken }: EventBuffer): Promise<boolean> {
    try {
      const { events, version, hasMore } = await fetchEvents(chatId, taken ?? 0, ending)
      buffer.add(events, hasMore ? null : version)
      return events.length > 0 || !buffer.isBehind
    } catch (error) {
      if (isEnding() || isTransient(error)) return false
      throw error
    }
  }
}

function changed(buffer: EventBuffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      signal.removeEventListener('abort', finish)
      resolve()
    }
    buffer.onChange = finish
    signal.addEventListener('abort', finish)
  })
}
