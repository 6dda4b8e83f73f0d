import { LRUCache } from 'lru-cache'
import type { RecordedEvent } from '../../eventstore/event-log.js'
import { createCacheUse } from '../../async/cache-use.js'
import { FoldedStream } from './folded-stream.js'
import type { StreamDeps } from './stream-deps.js'
import { kindOf, type StreamKinds } from './stream-kind.js'

/** By these factors a weight may be wrong: correcting one costs more than all else that a command does with the cache. */
const MAX_GROWTH = 1.1
const MAX_SHRINKAGE = 2
/** Bound of the cache, in entries that states and recent histories hold; roughly 100 bytes each. */
const MAX_ENTRIES = 1_000_000
/** Weight of a stream beside its entries: that of a user with nothing else takes 2.7 KB. */
const BASE_WEIGHT = 25

interface Cached {
  folded: FoldedStream
  /** When it was last weighed. */
  weight: number
}

/** The streams that this process has folded. The least recently used is dropped first; dropping one costs a read, nothing else. */
export class StreamCache {
  readonly #streams: LRUCache<string, Cached>
  readonly use = createCacheUse()

  constructor(
    private readonly kinds: StreamKinds,
    private readonly deps: StreamDeps,
    maxEntries = MAX_ENTRIES,
  ) {
    this.#streams = new LRUCache({
      maxSize: maxEntries,
      sizeCalculation: ({ weight }) => weight,
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
    this.#streams.set(stream, { folded, weight: weightOf(folded) })
    return folded
  }

  /** Hands a followed event to its stream, where that one is cached; this does not count as a use. */
  observe(recorded: RecordedEvent): void {
    const folded = this.#streams.peek(recorded.stream)?.folded
    if (folded === undefined) return
    folded.observe(recorded)
    this.weigh(recorded.stream)
  }

  /** Weighs a stream again after it has advanced. */
  weigh(stream: string): void {
    const known = this.#streams.peek(stream)
    if (known === undefined) return
    const { folded } = known
    const weight = weightOf(folded)
    if (weight > known.weight * MAX_GROWTH || weight * MAX_SHRINKAGE < known.weight)
      this.#streams.set(stream, { folded, weight })
  }
}

const weightOf = (folded: FoldedStream): number => BASE_WEIGHT + folded.weight
