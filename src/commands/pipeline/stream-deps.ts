import type { EventShape, PublicEvent } from '../../domain/event.js'
import type { EventMetadata } from '../../domain/metadata.js'
import type { EventLog, RecordedEvent } from '../../eventstore/event-log.js'
import type { Snapshots } from './snapshots.js'

/** Reads an event without any key. @throws NewerEventError where this release does not know the event */
export type DecodeEvent = (recorded: RecordedEvent) => { event: PublicEvent<EventShape>; metadata: EventMetadata }

/** What a folded stream needs to read its events. */
export interface StreamDeps {
  log: EventLog
  snapshots: Snapshots
  decode: DecodeEvent
  /** Bounds how many streams are read at once. */
  limitReads<Result>(read: () => Promise<Result>): Promise<Result>
}
