import { backoffMs } from '../async/backoff.js'
import { delay } from '../async/delay.js'
import { isTransient, ParleyError } from '../parley-error.js'
import type { ChatCursors } from './chat-cursors.js'
import type { ChatEvent } from './server-events.js'

/** A page of a chat's events above `after`, which reaches up to `version`. */
export type FetchEvents = (
  chatId: string,
  after: number,
  signal?: AbortSignal,
) => Promise<{ events: ChatEvent[]; version: number; hasMore: boolean }>

export interface FillGapDeps {
  cursors: ChatCursors
  fetchEvents: FetchEvents
  deliver: (event: ChatEvent) => void
  /** A gap of more versions than that is not fetched: the chat is to be read again. */
  maxEvents?: number
  signal: AbortSignal
}

/** Fetches and delivers the missing events of a chat. Resolves with true where the user does not see the chat any more. */
export async function fillGap(
  chatId: string,
  { cursors, fetchEvents, deliver, signal, maxEvents = 1_000 }: FillGapDeps,
): Promise<boolean> {
  const isStopped = (): boolean => signal.aborted
  for (let failures = 0; !isStopped();) {
    const target = cursors.target(chatId)
    const after = cursors.of(chatId)
    if (target === null || after === undefined) return false
    if (after >= target) {
      cursors.filled(chatId)
      return false
    }
    if (target - after > maxEvents) return resync(target)
    try {
      const { events } = await fetchEvents(chatId, after, signal)
      for (const event of events) {
        const next = cursors.target(chatId) === null ? null : cursors.fill(event)
        if (next !== null) deliver(next)
      }
      failures = events.length > 0 ? 0 : failures + 1
    } catch (error) {
      if (error instanceof ParleyError && error.code === 'chat-not-found') {
        cursors.forget(chatId)
        return true
      }
      if (isStopped()) return false
      if (!isTransient(error)) return resync(target)
      failures++
    }
    // The node that was asked may not have read that far yet.
    if (failures > 0) await delay(backoffMs(failures - 1, { firstMs: 100, maxMs: 5_000 }), signal)
  }
  return false

  function resync(version: number): false {
    const received = cursors.receive({ event: 'resync', payload: { chatId, version } })
    if (received.kind === 'next') deliver(received.event)
    return false
  }
}
