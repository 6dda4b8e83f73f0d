import type { EventLog, Position, RecordedEvent } from '../eventstore/event-log.js'
import type { EventReader } from '../privacy/event-reader.js'
import type { IsBy } from './moment.js'

/** Events held at once. The largest take 256 KiB. */
const PAGE = 250

export interface HistoryDeps {
  log: Pick<EventLog, 'readStream' | 'comparePositions' | 'head'>
  reader: Pick<EventReader, 'decode' | 'open'>
}

/**
 * The events of a stream up to a moment, from its first one on and never from a snapshot, page by page. Each is checked to be as
 * Parley wrote it, before it is read.
 * @throws BadMacError
 * @throws NewerEventError
 */
export async function* readHistory(
  stream: string,
  isBy: IsBy,
  { log, reader }: HistoryDeps,
  after = 0,
): AsyncGenerator<RecordedEvent[]> {
  for (let from = after; ;) {
    const page = await log.readStream(stream, { after: from, limit: PAGE })
    const end = page.findIndex((recorded) => !isBy(recorded, reader.decode(recorded).metadata.at))
    const events = end === -1 ? page : page.slice(0, end)
    if (events.length > 0) yield events
    const last = page.at(-1)
    if (end !== -1 || last === undefined || page.length < PAGE) return
    from = last.version
  }
}

/** Positions that an operator had the read model skip. */
export type SkippedPositions = ReadonlySet<Position>
