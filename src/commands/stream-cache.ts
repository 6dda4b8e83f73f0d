import { LRUCache } from 'lru-cache'
import type { EventShape } from '../domain/event.js'
import { createFoldedStream, type FoldedStream, type FoldingDeps } from './folded-stream.js'
import type { StreamKind } from './stream-kind.js'

/** Bound of the cache, in entries that states and remembered commands hold; roughly 100 bytes each. */
const MOST_ENTRIES = 1_000_000

type AnyStream = { kind: StreamKind<never, unknown, EventShape, unknown>; folded: FoldedStream<unknown, EventShape> }

/** The streams this process has folded, the least recently used dropped first. Dropping one costs a read, nothing else. */
export interface StreamCache {
  /** The stream as it is known; at version 0 where nothing is known yet: `refresh` it first. */
  get<Command, State, Event extends EventShape, Rejection>(
    stream: string,
    kind: StreamKind<Command, State, Event, Rejection>,
  ): FoldedStream<State, Event>
  /** Weighs a stream again after it has advanced. */
  weigh(stream: string): void
}

export function createStreamCache(deps: FoldingDeps, mostEntries = MOST_ENTRIES): StreamCache {
  const cache = new LRUCache<string, AnyStream>({
    maxSize: mostEntries,
    sizeCalculation: ({ kind, folded }) => 10 + kind.weigh(folded.state) + folded.remembered,
  })
  return {
    get(stream, kind) {
      const known = cache.get(stream)
      if (known !== undefined) return known.folded as never
      const folded = createFoldedStream(stream, kind as never, deps)
      cache.set(stream, { kind: kind, folded })
      return folded as never
    },
    weigh(stream) {
      const known = cache.get(stream)
      if (known !== undefined) cache.set(stream, { ...known })
    },
  }
}
