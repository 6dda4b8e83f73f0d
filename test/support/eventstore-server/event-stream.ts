import type { LogRecord } from './log-record.js'

/** One stream as the server keeps it; the revision of an event is its place in `events`. */
export interface EventStream {
  readonly name: string
  readonly events: LogRecord[]
  tombstone?: LogRecord
  /** What its `$$` stream says last. */
  metadata: StreamMetadata
}

export interface StreamMetadata {
  maxCount?: number
  maxAgeSeconds?: number
  truncateBefore?: number
  /** As it was written, to be kept when the stream comes back. */
  raw: Record<string, unknown>
}

/** The `$tb` of a deleted stream: .NET's greatest long, as JavaScript reads it from JSON. */
export const deletedMark = 2 ** 63

export const metastreamPrefix = '$$'

/** Of what was said of a stream only the last counts, and only that is shown. */
export const newEventStream = (name: string): EventStream => ({
  name,
  events: [],
  metadata: name.startsWith(metastreamPrefix) ? { maxCount: 1, raw: {} } : { raw: {} },
})

export function parseStreamMetadata(data: Uint8Array): StreamMetadata {
  try {
    const raw = JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>
    const number = (key: string): number | undefined => (typeof raw[key] === 'number' ? raw[key] : undefined)
    const [maxCount, maxAgeSeconds, truncateBefore] = [number('$maxCount'), number('$maxAge'), number('$tb')]
    return {
      ...(maxCount === undefined ? {} : { maxCount }),
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
      ...(truncateBefore === undefined ? {} : { truncateBefore }),
      raw,
    }
  } catch {
    return { raw: {} }
  }
}

export const isDeleted = (stream: EventStream): boolean => stream.metadata.truncateBefore === deletedMark

/** The revision of the last event; -1 for none. */
export const lastRevision = (stream: EventStream | undefined): number => (stream?.events.length ?? 0) - 1

/** The first revision that a reader is shown. */
export function firstVisible(stream: EventStream): number {
  const { truncateBefore = 0, maxCount, maxAgeSeconds } = stream.metadata
  const byCount = maxCount === undefined ? 0 : stream.events.length - maxCount
  if (maxAgeSeconds === undefined) return Math.max(0, truncateBefore, byCount)
  const oldest = Date.now() - maxAgeSeconds * 1000
  const byAge = stream.events.findIndex(({ created }) => created >= oldest)
  return Math.max(truncateBefore, byCount, byAge === -1 ? stream.events.length : byAge)
}
