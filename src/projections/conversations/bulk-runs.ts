import { bulkTypes, type BulkEvent, type EventType, type Placed } from './part.js'

/** What is applied at once: events of bulk types that follow each other, or one other event. */
export type Run = { bulk: BulkEvent[] } | { single: Placed<EventType> }

const isBulk = (placed: Placed<EventType>): placed is BulkEvent =>
  (bulkTypes as readonly EventType[]).includes(placed.event.type)

export function inRuns(events: readonly Placed<EventType>[]): Run[] {
  const runs: Run[] = []
  for (const placed of events) {
    const last = runs.at(-1)
    if (!isBulk(placed)) runs.push({ single: placed })
    else if (last !== undefined && 'bulk' in last) last.bulk.push(placed)
    else runs.push({ bulk: [placed] })
  }
  return runs
}
