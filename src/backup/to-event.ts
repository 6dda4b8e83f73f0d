import type { RecordedEvent } from '../eventstore/event-log.js'
import type { EventTuple } from './backup-lines.js'

/** Positions of a backup are ordinals. */
export const toEvent = ([stream, version, id, type, data, metadata]: EventTuple, ordinal: number): RecordedEvent => ({
  stream,
  version,
  id,
  type,
  data,
  metadata,
  position: String(ordinal),
})

export const toTuple = ({ stream, version, id, type, data, metadata }: RecordedEvent): EventTuple => [
  stream,
  version,
  id,
  type,
  data,
  metadata,
]
