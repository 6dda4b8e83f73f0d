import type { AnyEvent } from '../domain/any-event.js'
import type { PublicEvent, Opened } from '../domain/event.js'
import type { EventMetadata } from '../domain/metadata.js'
import type { NewEvent, RecordedEvent } from '../eventstore/event-log.js'

/** What reading an event would give, known because this process has just sealed it. */
export interface LocalEvent {
  event: PublicEvent<AnyEvent>
  opened: Opened<AnyEvent>
  metadata: EventMetadata
}

/**
 * The events this process has sealed and not read yet, so that following its own appends decrypts nothing. Bounded; one that was
 * dropped, or whose texts differ in anything from what was sealed, is read as any other.
 */
export interface LocalEventCache {
  note(stream: string, sealed: NewEvent, made: LocalEvent): void
  /** Gives it once. */
  take(recorded: RecordedEvent): LocalEvent | null
  clear(): void
}

const MAX_NOTED = 5_000

export function createLocalEventCache(maxNoted = MAX_NOTED): LocalEventCache {
  /** In the order in which they were noted: nearly all are taken in that order, so no use has to be tracked. */
  const noted = new Map<string, { stream: string; sealed: NewEvent; made: LocalEvent }>()
  return {
    note(stream, sealed, made) {
      noted.set(sealed.id, { stream, sealed, made })
      if (noted.size <= maxNoted) return
      const [oldest = ''] = noted.keys()
      noted.delete(oldest)
    },
    take({ id, stream, type, data, metadata }) {
      const known = noted.get(id)
      if (known === undefined) return null
      noted.delete(id)
      const { sealed } = known
      const isSame =
        known.stream === stream && sealed.type === type && sealed.data === data && sealed.metadata === metadata
      return isSame ? known.made : null
    },
    clear: () => noted.clear(),
  }
}
