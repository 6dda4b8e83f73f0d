import type { RecordedEvent } from '../../eventstore/event-log.js'

/** Events in an order, each at a place of its own: its version in a stream, or its position in the log. */
export interface Listing<Place> {
  read(after: Place, limit: number): Promise<RecordedEvent[]>
  placeOf(event: RecordedEvent): Place
  /** Negative, zero or positive, as `a` is before, at or after `b`. */
  compare(a: Place, b: Place): number
}

export interface ListingPage<Place> {
  events: RecordedEvent[]
  /** The last of them, where there are more; null on the last page. */
  next: Place | null
}

/** Events read at once. The largest take 256 KiB. */
const READ_AT_ONCE = 25

/** Of the stored text of a page: it ends with the event that reaches it. */
const MAX_PAGE_BYTES = 1024 * 1024

/** The events after a place and up to another one, as many as a page holds. */
export async function readPage<Place>(
  listing: Listing<Place>,
  { after, upTo, limit }: { after: Place; upTo: Place; limit: number },
): Promise<ListingPage<Place>> {
  const events: RecordedEvent[] = []
  let end = after
  for (let bytes = 0; bytes < MAX_PAGE_BYTES && events.length < limit;) {
    const read = await listing.read(end, Math.min(READ_AT_ONCE, limit - events.length))
    if (read.length === 0) return { events, next: null }
    for (const event of read) {
      if (bytes >= MAX_PAGE_BYTES) break
      const place = listing.placeOf(event)
      if (listing.compare(place, upTo) > 0) return { events, next: null }
      events.push(event)
      bytes += Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata)
      end = place
    }
  }
  return { events, next: listing.compare(end, upTo) < 0 ? end : null }
}
