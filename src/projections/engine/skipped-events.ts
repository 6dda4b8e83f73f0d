import type { AnyEvent } from '../../domain/any-event.js'
import type { PublicEvent } from '../../domain/event.js'
import type { SkippedPosition } from '../../domain/log/events.js'
import type { EventLog, Position, RecordedEvent } from '../../eventstore/event-log.js'
import type { EventReader } from '../../privacy/event-reader.js'
import { readLogStream } from '../../privacy/log-stream.js'

type SkipReader = Pick<EventReader, 'decode' | 'authentic'>

/** Positions of events that the operator had a projection skip, by the projection's name. */
export type SkippedEvents = ReadonlyMap<string, ReadonlySet<Position>>

/** A log that was copied or restored lists all that was skipped before, by its own positions. */
export function skippedBy(event: PublicEvent<AnyEvent>): readonly SkippedPosition[] {
  if (event.type === 'LogCopied' || event.type === 'LogRestored') return event.skipped ?? []
  return event.type === 'ProjectionEventSkipped' ? [event] : []
}

/** Whether an operator had a projection skip an event. */
export type IsSkipped = (recorded: RecordedEvent) => Promise<boolean>

/** Reads the log's own stream again, since it is asked about altered events alone. */
export const createIsSkipped =
  (projection: string, deps: { log: Pick<EventLog, 'readStream'>; reader: SkipReader }): IsSkipped =>
  async ({ position }) =>
    (await readSkippedEvents(deps.log, deps.reader)).get(projection)?.has(position) === true

/**
 * What the log's own stream says was skipped. It is read before a projection follows the log, and again whenever that failed, so that a
 * rebuild skips the same events. A forged event there skips nothing.
 */
export async function readSkippedEvents(log: Pick<EventLog, 'readStream'>, reader: SkipReader): Promise<SkippedEvents> {
  const skipped = new Map<string, Set<Position>>()
  for (const event of await readLogStream({ log, reader }))
    for (const { projection, position } of skippedBy(event))
      skipped.set(projection, (skipped.get(projection) ?? new Set()).add(position))
  return skipped
}
