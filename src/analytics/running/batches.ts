import type { Page, Position } from '../../eventstore/event-log.js'
import type { ProjectionEvent } from '../projection-file.js'

/** Bounds what one message between the processes, and one transaction, holds. */
const MAX_EVENTS = 500

export interface PartOfPage {
  events: readonly ProjectionEvent[]
  /** The position after which nothing of this part is left. */
  to: Position
}

/** The events of a page in parts; the last one ends where the page does. */
export function partsOf(page: Page, events: readonly ProjectionEvent[], size = MAX_EVENTS): PartOfPage[] {
  const parts: PartOfPage[] = []
  for (let at = 0; at < events.length; at += size) {
    const part = events.slice(at, at + size)
    parts.push({ events: part, to: part.at(-1)?.position ?? page.position })
  }
  const last = parts.pop() ?? { events: [], to: page.position }
  return [...parts, { ...last, to: page.position }]
}
