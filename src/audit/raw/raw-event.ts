import type { RecordedEvent } from '../../eventstore/event-log.js'

/** An event as the log holds it. */
export interface RawEvent {
  /** Place among all events of the log, from 1; null until the audit chain has the event. */
  ordinal: number | null
  position: string
  stream: string
  version: number
  id: string
  type: string
  /** Null where the metadata has none: Parley did not write it. */
  schemaVersion: number | null
  /** Recorded time, as the metadata has it; empty where it has none. */
  at: string
  /** JSON, with personal fields encrypted unless they were opened. What is not JSON, which Parley never writes, is given as its text. */
  data: unknown
  metadata: unknown
}

/** Reads whatever the log holds, also what Parley did not write: it must be possible to see what was forged. */
export function toRawEvent(recorded: RecordedEvent): Omit<RawEvent, 'ordinal'> {
  const { position, stream, version, id, type } = recorded
  const metadata = parsed(recorded.metadata)
  const { schemaVersion, at } = fieldsOf(metadata)
  return {
    position,
    stream,
    version,
    id,
    type,
    schemaVersion: Number.isSafeInteger(schemaVersion) ? Number(schemaVersion) : null,
    at: typeof at === 'string' ? at : '',
    data: parsed(recorded.data),
    metadata,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const fieldsOf = (json: unknown): { schemaVersion?: unknown; at?: unknown } =>
  typeof json === 'object' && json !== null ? json : {}
