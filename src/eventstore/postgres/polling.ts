import { createSignal } from '../../async/signal.js'
import type { LogEnd, TailSource } from '../tail.js'
import type { Entry } from '../window.js'
import type { EventTable } from './event-table.js'

const PAGE_EVENTS = 1_000

export interface Polling extends Pick<TailSource, 'fill'> {
  /** Something may have been appended by others: read again. */
  wake(): void
  /** Events just appended by this process, in log order. Taken from memory where they directly follow the end, else read with the rest. */
  appended(entries: readonly Entry[]): void
}

/**
 * Reads what is above the log's end whenever it is woken, and by a timer; positions have no holes, so what this process appends just
 * after the end needs no reading. As position order is commit order (see
 * append-function.ts), nothing will ever appear below a position already read. Wake-ups make it fast; the timer makes it certain, also
 * after Postgres was away.
 */
export function createPolling(table: Pick<EventTable, 'readAll'>, pollMs: number): Polling {
  const woken = createSignal()
  let current: LogEnd | null = null
  return {
    wake: () => woken.notify(),
    appended(entries) {
      if (current !== null && entries[0]?.at === current.at + 1) current.add(entries)
      else woken.notify()
    },
    async fill(end, signal) {
      current = end
      const catchUp = async (): Promise<void> => {
        for (;;) {
          const page = await table.readAll(end.at, PAGE_EVENTS)
          const unknown = page.filter(({ at }) => at > end.at) // our own appends came meanwhile
          if (unknown.length > 0) end.add(unknown)
          if (page.length < PAGE_EVENTS || signal.aborted) return
        }
      }
      while (!signal.aborted) {
        const count = woken.count
        await catchUp().then(end.succeeded, end.failed) // after a failure, the timer tries again
        await woken.wait(count, pollMs, signal)
      }
    },
  }
}
