import { logStream } from '../../domain/streams.js'
import type { EventLog, Position } from '../../eventstore/event-log.js'
import type { EventReader } from '../../privacy/event-reader.js'

const PAGE = 500

/** Positions of events that the operator had a projection skip, by the projection's name. */
export type SkippedEvents = ReadonlyMap<string, ReadonlySet<Position>>

/**
 * What the log's own stream says was skipped. It is read before a projection follows the log, and again whenever that failed, so that a
 * rebuild skips the same events.
 */
export async function readSkippedEvents(
  log: Pick<EventLog, 'readStream'>,
  reader: Pick<EventReader, 'decode'>,
): Promise<SkippedEvents> {
  const skipped = new Map<string, Set<Position>>()
  for (let after = 0; ;) {
    const page = await log.readStream(logStream, { after, limit: PAGE })
    for (const { event } of page.map((recorded) => reader.decode(recorded)))
      if (event.type === 'ProjectionEventSkipped')
        skipped.set(event.projection, (skipped.get(event.projection) ?? new Set()).add(event.position))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return skipped
    after = last.version
  }
}
