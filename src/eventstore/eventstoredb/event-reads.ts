import {
  BACKWARDS,
  END,
  type EventStoreDBClient,
  FORWARDS,
  type Position,
  type ReadAllOptions,
  StreamNotFoundError,
  type ReadStreamOptions as StoreReadOptions,
  type StreamingRead,
} from '@eventstore/db-client'
import type { ReadStreamOptions, RecordedEvent } from '../event-log.js'
import pLimit from 'p-limit'
import type { Entry } from '../window.js'
import { FAR_DEADLINE_MS } from './client.js'
import type { ClientConnection } from './client-connection.js'
import { collect } from './collect.js'
import type { KnownHead } from './head-mark.js'
import type { Recorded } from './recorded.js'

/** A connection has about a hundred concurrent calls; more wait for ever. */
const MAX_READS = 32
/** Asked for beyond what is wanted, as events of others lie in between. */
const SLACK = 32
/** Events read at once to find the head, each up to a mebibyte. */
const HEAD_PAGE = 16
const SEARCH_PAGE = 256
/** A cluster's followers may lag behind. */
const CALL = { deadline: FAR_DEADLINE_MS, requiresLeader: true } as const

export interface EventReads {
  readStream(stream: string, options: ReadStreamOptions): Promise<RecordedEvent[]>
  /** The log above `after`, in order. */
  readAll(after: number, limit: number): Promise<Entry[]>
  /** The position of the log's last event. */
  head(): Promise<number>
}

export interface EventReadsOptions {
  streamPrefix: string
  /** What is known of the log's end when it is opened, at least its first event: see `HeadMark`. */
  known: KnownHead
  timeoutMs: number
  /** Told as more of the store is known. */
  onKnown(known: KnownHead): void
}

export function createEventReads(
  connection: ClientConnection,
  { placeOf, toEntry }: Recorded,
  { streamPrefix, known: initial, timeoutMs, onKnown }: EventReadsOptions,
): EventReads {
  const limited = pLimit(MAX_READS)
  const { first } = initial
  let known = initial

  const read = <Item>(call: (client: EventStoreDBClient) => StreamingRead<Item>): Promise<Item[]> =>
    limited(() => connection.use((client) => collect(call(client), timeoutMs)))

  async function readStream(stream: string, { after, backwards = false, limit }: ReadStreamOptions) {
    if (limit <= 0 || (backwards && after !== undefined && after <= 1)) return []
    const direction = backwards ? BACKWARDS : FORWARDS
    const fromRevision = backwards ? (after === undefined ? END : BigInt(after - 2)) : BigInt(after ?? 0)
    const options: StoreReadOptions = { ...CALL, direction, fromRevision, maxCount: limit }
    try {
      const events = await read((client) => client.readStream(streamPrefix + stream, options))
      return events.flatMap((resolved) => toEntry(resolved)?.event ?? [])
    } catch (error) {
      if (error instanceof StreamNotFoundError) return []
      throw error
    }
  }

  /** Ends at the head: what others have stored after it is none of the log's. */
  async function readAll(after: number, limit: number): Promise<Entry[]> {
    const end = await head()
    const entries: Entry[] = []
    const maxCount = limit + SLACK
    for (let from = Math.max(after, first - 1); from < end && entries.length < limit;) {
      const fromPosition = toPosition(Math.max(from, first))
      const options: ReadAllOptions = { ...CALL, direction: FORWARDS, fromPosition, maxCount }
      const page = await read((client) => client.readAll(options))
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

  /** Backwards from the end of the store, page by page, to an event of the log or to what was searched before. */
  async function head(): Promise<number> {
    const { examined, last } = known
    let newest: number | undefined
    let before: 'end' | Position = END
    for (let maxCount = HEAD_PAGE; ; maxCount = SEARCH_PAGE) {
      const options: ReadAllOptions = { ...CALL, direction: BACKWARDS, fromPosition: before, maxCount }
      const page = await read((client) => client.readAll(options))
      newest ??= page.map(placeOf).at(0) ?? examined
      const found = page.map(toEntry).find((entry) => entry !== null)
      const oldest = page.map(placeOf).at(-1)
      if (found === undefined && page.length === maxCount && oldest !== undefined && oldest > examined) {
        before = toPosition(oldest)
        continue
      }
      if (newest > known.examined) {
        known = { first, examined: newest, last: Math.max(found?.at ?? 0, last, known.last) }
        onKnown(known)
      }
      return Math.max(found?.at ?? 0, last, known.last)
    }
  }

  return { readStream, readAll, head }
}

export const toPosition = (at: number): Position => ({ commit: BigInt(at), prepare: BigInt(at) })
