import type { EventShape, PublicEvent } from '../../domain/event.js'
import type { EventMetadata } from '../../domain/metadata.js'
import type { EventLog, RecordedEvent } from '../../eventstore/event-log.js'
import type { Snapshots } from './snapshots.js'

/**
 * Reads an event without any key.
 * @throws NewerEventError where this release does not know the event
 * @throws BadMacError where it was altered or forged
 */
export type DecodeEvent = (recorded: RecordedEvent) => { event: PublicEvent<EventShape>; metadata: EventMetadata }

/** What a folded stream needs to read its events. */
export interface StreamDeps {
  log: EventLog
  snapshots: Snapshots
  decode: DecodeEvent
  /** Whether an operator had commands skip this altered event; none is skipped where it is absent. */
  isSkipped?(recorded: RecordedEvent): Promise<boolean>
  /** Bounds how many streams are read at once. */
  limitReads<Result>(read: () => Promise<Result>): Promise<Result>
}
