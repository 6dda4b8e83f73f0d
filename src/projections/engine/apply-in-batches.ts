import type { Pool } from 'pg'
import type { Page } from '../../eventstore/event-log.js'
import { applyPage } from './apply-page.js'
import type { ApplyTarget } from './apply-target.js'

/** How many events one transaction may apply. */
export interface BatchLimit {
  readonly events: number
  /** A transaction of so many events failed. */
  shrink(events: number): void
  /** A transaction was committed. */
  grow(): void
}

/**
 * Half as many events after each failure, and twice as many after each commit. A transaction may be lost for being slow: the lease ended
 * meanwhile and its successor ended the connection, or a statement took too long. On a machine that stays slow the same batch would be lost
 * again and again; in smaller ones, the checkpoint moves.
 */
export function createBatchLimit(): BatchLimit {
  let limit = Infinity
  return {
    get events() {
      return limit
    },
    shrink(events) {
      limit = Math.max(1, Math.floor(Math.min(limit, events) / 2))
    },
    grow() {
      limit *= 2
    },
  }
}

/** Applies a page in transactions of at most so many events. False where the checkpoint is not this writer's to move. @throws as `applyPage` */
export async function applyInBatches(pool: Pool, target: ApplyTarget, page: Page, limit: BatchLimit): Promise<boolean> {
  for (let rest = page; ;) {
    const batch = firstOf(rest, limit.events)
    try {
      if (!(await applyPage(pool, target, batch))) return false
    } catch (error) {
      limit.shrink(batch.events.length)
      throw error
    }
    limit.grow()
    if (batch === rest) return true
    rest = { events: rest.events.slice(batch.events.length), position: rest.position }
  }
}

/** The page itself where it has no more events. */
function firstOf(page: Page, limit: number): Page {
  const last = page.events[limit - 1]
  if (last === undefined || page.events.length === limit) return page
  return { events: page.events.slice(0, limit), position: last.position }
}
