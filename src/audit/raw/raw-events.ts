import type { Pool } from 'pg'
import { isStreamName } from '../../domain/streams.js'
import type { EventLog, Position, RecordedEvent } from '../../eventstore/event-log.js'
import type { Progress } from '../../followers/progress.js'
import { ordinalsOf, streamsFrom, type ChainStream } from '../chain/entry-table.js'
import { readPage, type Listing } from './listing.js'
import { openEvents, type HideExpired, type OpeningReader } from './open-events.js'
import { toRawEvent, type RawEvent } from './raw-event.js'

/** `sealed`: personal fields as they are stored, encrypted; `plain`: opened. */
export type RawForm = 'sealed' | 'plain'

/** Places are versions of a stream, or positions of the log. */
export interface RawRequest<Place> {
  /** Excluded; null: from the first event on. */
  after: Place | null
  /** Included: where the first page of the listing began. Null: this is the first page, and it ends now. */
  upTo: Place | null
  limit: number
  form: RawForm
}

export interface RawPage<Place> {
  events: RawEvent[]
  /** `after` and `upTo` of the next page; null on the last. */
  next: { after: Place; upTo: Place } | null
}

/** Events as the log holds them. A page holds about 1 MiB at most. */
export interface RawEvents {
  /** Null where there is no such stream, also for names that no stream of Parley has. @throws BadMacError */
  ofStream(stream: string, request: RawRequest<number>): Promise<RawPage<number> | null>
  /**
   * @throws UnknownPositionError one of the two is not of this log
   * @throws BadMacError
   */
  ofLog(request: RawRequest<Position>): Promise<RawPage<Position>>
  /** Those whose names begin with `prefix`, in order, after one of them. */
  streams(prefix: string, after: string, limit: number): Promise<ChainStream[]>
}

export interface RawEventsDeps {
  pool: Pool
  log: Pick<EventLog, 'readStream' | 'readAll' | 'head' | 'start' | 'comparePositions'>
  reader: OpeningReader
  hideExpired: HideExpired
  /** Of the audit chain. */
  progress: Progress
}

const MAX_WAIT_MS = 2_000

export function createRawEvents({ pool, log, reader, hideExpired, progress }: RawEventsDeps): RawEvents {
  const wholeLog: Listing<Position> = {
    read: async (after, limit) => (await log.readAll(after, limit)).events,
    placeOf: ({ position }) => position,
    compare: (a, b) => log.comparePositions(a, b),
  }
  const ofStream = (stream: string): Listing<number> => ({
    read: (after, limit) => log.readStream(stream, { after, limit }),
    placeOf: ({ version }) => version,
    compare: (a, b) => a - b,
  })

  /** Waits a moment for the chain, which numbers the events. */
  async function ordinals(events: readonly RecordedEvent[]): Promise<ReadonlyMap<Position, number>> {
    const known = await ordinalsOf(pool, events)
    const last = events.at(-1)
    if (last === undefined || known.size === events.length) return known
    await progress.reached(last.position, { timeoutMs: MAX_WAIT_MS })
    return ordinalsOf(pool, events)
  }

  async function rawPage<Place>(
    listing: Listing<Place>,
    { after, upTo, limit, form }: RawRequest<Place> & { after: Place; upTo: Place },
  ): Promise<RawPage<Place>> {
    const { events, next } = await readPage(listing, { after, upTo, limit })
    const shown = form === 'plain' ? await openEvents(events, reader, hideExpired) : events.map(toRawEvent)
    const numbers = await ordinals(events)
    return {
      events: shown.map((event) => ({ ordinal: numbers.get(event.position) ?? null, ...event })),
      next: next === null ? null : { after: next, upTo },
    }
  }

  return {
    async ofStream(stream, request) {
      const [newest] = isStreamName(stream) ? await log.readStream(stream, { backwards: true, limit: 1 }) : []
      if (newest === undefined) return null
      const { after, upTo } = request
      return rawPage(ofStream(stream), { ...request, after: after ?? 0, upTo: upTo ?? newest.version })
    },
    async ofLog(request) {
      const { after, upTo } = request
      return rawPage(wholeLog, { ...request, after: after ?? log.start, upTo: upTo ?? (await log.head()) })
    },
    async streams(prefix, after, limit) {
      await progress.reached(await log.head(), { timeoutMs: MAX_WAIT_MS })
      return streamsFrom(pool, prefix, after, limit)
    },
  }
}
