import { LRUCache } from 'lru-cache'
import type { EventShape } from '../../domain/event.js'
import type { RecordedEvent } from '../../eventstore/event-log.js'
import { createFoldedStream, type FoldedStream, type FoldingDeps } from './folded-stream.js'
import type { StreamKind } from './stream-kind.js'

/** Of observed events: each time counts as a use of the stream. */
const WEIGHED_EVERY = 100
/** Bound of the cache, in entries that states and remembered commands hold; roughly 100 bytes each. */
const MAX_ENTRIES = 1_000_000

type AnyStream = { kind: StreamKind<never, unknown, EventShape, unknown>; folded: FoldedStream<unknown, EventShape> }

/** The streams this process has folded, the least recently used dropped first. Dropping one costs a read, nothing else. */
export interface StreamCache {
  /** The stream as it is known; at version 0 where nothing is known yet: `refresh` it first. */
  get<Command, State, Event extends EventShape, Rejection>(
    stream: string,
    kind: StreamKind<Command, State, Event, Rejection>,
  ): FoldedStream<State, Event>
  /** Hands an event that was followed to its stream, where that one is known; it is no younger for it. */
  observe(recorded: RecordedEvent): void
  /** Weighs a stream again after it has advanced. */
  weigh(stream: string): void
}

export function createStreamCache(deps: FoldingDeps, mostEntries = MAX_ENTRIES): StreamCache {
  const cache = new LRUCache<string, AnyStream>({
    maxSize: mostEntries,
    sizeCalculation: ({ kind, folded }) => 10 + kind.weigh(folded.state) + folded.remembered,
  })
  return {
    get(stream, kind) {
      const known = cache.get(stream)
      if (known !== undefined) return known.folded as never
      const folded = createFoldedStream(stream, kind as never, deps)
      cache.set(stream, { kind: kind as never, folded })
      return folded as never
    },
    observe(recorded) {
      const known = cache.peek(recorded.stream)
      if (known === undefined) return
      known.folded.observe(recorded)
      if (known.folded.remembered % WEIGHED_EVERY === 0) this.weigh(recorded.stream)
    },
    weigh(stream) {
      const known = cache.get(stream)
      if (known !== undefined) cache.set(stream, { ...known })
    },
  }
}
