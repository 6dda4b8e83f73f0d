import { expect } from 'chai'
import { readPage, type Listing } from '../../src/audit/raw/listing.js'
import type { RecordedEvent } from '../../src/eventstore/event-log.js'

const MEBIBYTE = 1024 * 1024

/** A stream of `count` events, each of so many bytes; `read` is how many events were asked for, each time. */
function listingOf(count: number, bytes: number): Listing<number> & { reads: number[] } {
  const reads: number[] = []
  const event = (version: number): RecordedEvent => ({
    stream: 'log',
    version,
    position: String(version),
    id: '',
    type: '',
    data: 'x'.repeat(bytes),
    metadata: '',
  })
  return {
    reads,
    read(after, limit) {
      reads.push(limit)
      const length = Math.min(limit, Math.max(0, count - after))
      return Promise.resolve(Array.from({ length }, (_, index) => event(after + index + 1)))
    },
    placeOf: ({ version }) => version,
    compare: (a, b) => a - b,
  }
}

describe('a page of events', () => {
  it('holds as many as were asked for, and says whether there are more', async () => {
    const listing = listingOf(120, 10)
    const first = await readPage(listing, { after: 10, upTo: 120, limit: 60 })
    expect(first.events.map(({ version }) => version)).to.deep.equal(Array.from({ length: 60 }, (_, at) => at + 11))
    expect(first.next).to.equal(70)
    expect((await readPage(listing, { after: 70, upTo: 120, limit: 50 })).next).to.equal(null)
    expect(await readPage(listing, { after: 120, upTo: 120, limit: 50 })).to.deep.equal({ events: [], next: null })
  })

  it('ends where the listing ends, whatever comes after', async () => {
    const { events, next } = await readPage(listingOf(120, 10), { after: 0, upTo: 30, limit: 60 })
    expect([events.length, next]).to.deep.equal([30, null])
  })

  it('holds at least one event, and not many more bytes than a MiB; few are read at once', async () => {
    const large = listingOf(200, MEBIBYTE / 4)
    const { events, next } = await readPage(large, { after: 0, upTo: 200, limit: 200 })
    expect([events.length, next]).to.deep.equal([4, 4])
    expect(large.reads).to.deep.equal([25])
    const huge = await readPage(listingOf(2, 2 * MEBIBYTE), { after: 0, upTo: 2, limit: 200 })
    expect([huge.events.length, huge.next]).to.deep.equal([1, 1])
  })
})
