import { createBell } from '../bell.js'
import type { TailSource } from '../tail.js'
import type { EventTable } from './event-table.js'

const PAGE_EVENTS = 1_000

export interface Polling extends Pick<TailSource, 'fill'> {
  /** Something may have been appended, by us or by others: read again. */
  wake(): void
}

/**
 * Reads what is above the log's end whenever it is woken, and by a timer. As position order is commit order (see
 * append-function.ts), nothing will ever appear below a position already read. Wake-ups make it fast; the timer makes it certain, also
 * after Postgres was away.
 */
export function createPolling(table: EventTable, pollMs: number): Polling {
  const woken = createBell()
  return {
    wake: () => woken.ring(),
    async fill(end, signal) {
      const catchUp = async (): Promise<void> => {
        for (;;) {
          const page = await table.readAll(end.at, PAGE_EVENTS)
          if (page.length > 0) end.add(page)
          if (page.length < PAGE_EVENTS || signal.aborted) return
        }
      }
      while (!signal.aborted) {
        const rings = woken.rings
        await catchUp().catch(() => undefined) // Postgres is away; the timer tries again
        await woken.wait(rings, pollMs, signal)
      }
    },
  }
}
