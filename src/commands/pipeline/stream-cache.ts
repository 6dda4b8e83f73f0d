import { LRUCache } from 'lru-cache'
import type { RecordedEvent } from '../../eventstore/event-log.js'
import { createCacheUse } from '../../async/cache-use.js'
import { FoldedStream } from './folded-stream.js'
import type { StreamDeps } from './stream-deps.js'
import { kindOf, type StreamKinds } from './stream-kind.js'

/** How often an observed stream is weighed again, in entries: weighing counts as a use of the stream. */
const WEIGHED_EVERY = 100
/** Bound of the cache, in entries that states and recent histories hold; roughly 100 bytes each. */
const MAX_ENTRIES = 1_000_000
/** Weight of a stream beside its entries: that of a user with nothing else takes 2.7 KB. */
const BASE_WEIGHT = 25

/** The streams that this process has folded. The least recently used is dropped first; dropping one costs a read, nothing else. */
export class StreamCache {
  readonly #streams: LRUCache<string, { folded: FoldedStream }>
  readonly use = createCacheUse()

  constructor(
    private readonly kinds: StreamKinds,
    private readonly deps: StreamDeps,
    maxEntries = MAX_ENTRIES,
  ) {
    this.#streams = new LRUCache({
      maxSize: maxEntries,
      sizeCalculation: ({ folded }) => BASE_WEIGHT + folded.weight,
    })
  }

  /** The stream as it is known; at version 0 where nothing is known yet: `refresh` it first. */
  get(stream: string): FoldedStream {
    const known = this.#streams.get(stream)
    if (known !== undefined) {
      this.use.hits++
      return known.folded
    }
    this.use.misses++
    const folded = new FoldedStream(stream, kindOf(this.kinds, stream), this.deps)
    this.#streams.set(stream, { folded })
    return folded
  }

  /** Hands a followed event to its stream, where that one is cached; this does not count as a use. */
  observe(recorded: RecordedEvent): void {
    const folded = this.#streams.peek(recorded.stream)?.folded
    if (folded === undefined) return
    folded.observe(recorded)
    if (folded.version % WEIGHED_EVERY === 0) this.weigh(recorded.stream)
  }

  /** Weighs a stream again after it has advanced. */
  weigh(stream: string): void {
    const known = this.#streams.get(stream)
    if (known !== undefined) this.#streams.set(stream, { ...known })
  }
}
