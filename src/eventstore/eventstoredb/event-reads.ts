import {
  BACKWARDS,
  END,
  type EventStoreDBClient,
  FORWARDS,
  type Position,
  type ReadAllOptions,
  StreamNotFoundError,
  type ReadStreamOptions as StoreReadOptions,
} from '@eventstore/db-client'
import type { ReadStreamOptions, RecordedEvent } from '../event-log.js'
import { createSemaphore } from '../../async/semaphore.js'
import type { Entry } from '../window.js'
import { FAR_DEADLINE_MS } from './client.js'
import { collect } from './collect.js'
import type { Recorded } from './recorded.js'

/** A connection has about a hundred places, and those who find none wait for ever. */
const READS_AT_ONCE = 32
/** Asked for beyond what is wanted, as the store's own events lie in between. */
const SLACK = 32
/** Looked at for the head; if all of them are the store's own, as many times more. */
const HEAD_COUNT = 16
/** A cluster's followers may lag behind. */
const CALL = { deadline: FAR_DEADLINE_MS, requiresLeader: true } as const

export interface EventReads {
  readStream(stream: string, options: ReadStreamOptions): Promise<RecordedEvent[]>
  /** The log above `after`, in order. */
  readAll(after: number, limit: number): Promise<Entry[]>
  /** The position of the log's last event. */
  head(): Promise<number>
}

/** `first` is the position of the log's first event: nothing of it lies before, however much others have stored. */
export function createEventReads(
  client: EventStoreDBClient,
  { placeOf, toEntry }: Recorded,
  { streamPrefix, first, timeoutMs }: { streamPrefix: string; first: number; timeoutMs: number },
): EventReads {
  const semaphore = createSemaphore(READS_AT_ONCE)
  /** Everything up to `examined` was looked at, and the last event there is at `last`. */
  let known = { examined: first, last: first }

  async function readStream(stream: string, { after, backwards = false, limit }: ReadStreamOptions) {
    if (limit <= 0 || (backwards && after !== undefined && after <= 1)) return []
    const direction = backwards ? BACKWARDS : FORWARDS
    const fromRevision = backwards ? (after === undefined ? END : BigInt(after - 2)) : BigInt(after ?? 0)
    const options: StoreReadOptions = { ...CALL, direction, fromRevision, maxCount: limit }
    try {
      const read = () => collect(client.readStream(streamPrefix + stream, options), timeoutMs)
      const events = await semaphore.run(1, read)
      return events.flatMap((resolved) => toEntry(resolved)?.event ?? [])
    } catch (error) {
      if (error instanceof StreamNotFoundError) return []
      throw error
    }
  }

  async function readAll(after: number, limit: number): Promise<Entry[]> {
    const entries: Entry[] = []
    const maxCount = limit + SLACK
    for (let from = Math.max(after, first - 1); entries.length < limit;) {
      const fromPosition = toPosition(Math.max(from, first))
      const options: ReadAllOptions = { ...CALL, direction: FORWARDS, fromPosition, maxCount }
      const page = await semaphore.run(1, () => collect(client.readAll(options), timeoutMs))
      for (const resolved of page) {
        const place = placeOf(resolved)
        if (place <= from) continue // the start is included
        from = place
        const entry = toEntry(resolved)
        if (entry !== null) entries.push(entry)
      }
      if (page.length < maxCount) break
    }
    return entries.slice(0, limit)
  }

  async function head(): Promise<number> {
    const { examined, last } = known
    for (let maxCount = HEAD_COUNT; ; maxCount *= HEAD_COUNT) {
      const options: ReadAllOptions = { ...CALL, direction: BACKWARDS, fromPosition: END, maxCount }
      const newest = await semaphore.run(1, () => collect(client.readAll(options), timeoutMs))
      const [found] = newest.flatMap((resolved) => toEntry(resolved) ?? [])
      const places = newest.map(placeOf)
      const isDone = found !== undefined || newest.length < maxCount || (places.at(-1) ?? 0) <= examined
      if (!isDone) continue
      const seen = { examined: places[0] ?? examined, last: Math.max(found?.at ?? 0, last) }
      if (seen.examined > known.examined) known = seen
      return Math.max(seen.last, known.last)
    }
  }

  return { readStream, readAll, head }
}

export const toPosition = (at: number): Position => ({ commit: BigInt(at), prepare: BigInt(at) })
