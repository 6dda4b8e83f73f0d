import type { EventLog, Position, RecordedEvent } from '../eventstore/event-log.js'

/**
 * Up to where history is replayed, always included: a recorded time (ISO-8601 UTC), a version of the stream asked for, or a position
 * of the log.
 */
export type Moment = TimeOrPosition | { version: number }

/** A moment of the whole log. */
export type TimeOrPosition = { at: string } | { position: Position }

/** Whether an event happened by then; `at` is its recorded time. In each stream it holds for the first events, and for none after. */
export type IsBy = (recorded: RecordedEvent, at: string) => boolean

export function isBy(moment: Moment, { comparePositions }: Pick<EventLog, 'comparePositions'>): IsBy {
  if ('at' in moment) return (_recorded, at) => at <= moment.at
  if ('version' in moment) return ({ version }) => version <= moment.version
  return ({ position }) => comparePositions(position, moment.position) <= 0
}
