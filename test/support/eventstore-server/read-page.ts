import type { EventStore } from './event-store.js'
import type { LogRecord } from './log-record.js'
import { handlerFailed } from './rpc-error.js'

export interface Position {
  commit: number
  prepare: number
}

export type EventFilter = (event: LogRecord) => boolean

export interface Page {
  events: LogRecord[]
  /** How many events were looked at, whether they fit the filter or not. */
  considered: number
  /** The index of the record after the last one looked at. */
  next: number
  /** Where the next page begins: no event's own position, for its prepare part is 0. */
  nextPosition: Position
  /** The log ended before the page was full. */
  atEnd: boolean
}

export interface PageLimits {
  events: number
  considered: number
}

/** Reads on from a record, until so many events were found or considered, or the log ends. */
export function readPage(
  { records }: EventStore,
  from: { index: number; position: Position },
  allows: EventFilter,
  limits: PageLimits,
): Page {
  const page: Page = { events: [], considered: 0, next: from.index, nextPosition: from.position, atEnd: false }
  while (page.events.length < limits.events && page.considered < limits.considered) {
    const record = records[page.next]
    if (record === undefined) return { ...page, atEnd: true }
    page.next += 1
    if (record.kind === 'bare') continue
    page.considered += 1
    page.nextPosition = { commit: record.end, prepare: 0 }
    if (allows(record)) page.events.push(record)
  }
  return page
}

/**
 * The index of the first record that a read from here gives, or undefined where no record begins.
 * @throws {RpcError} when it cannot be a position.
 */
export function indexOfPosition(store: EventStore, { commit, prepare }: Position): number | undefined {
  if (prepare > commit) throw handlerFailed()
  const index = store.indexFrom(commit)
  const record = store.records[index]
  return record === undefined || record.position === commit ? index : undefined
}
