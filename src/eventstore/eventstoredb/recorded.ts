import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client'
import type { RecordedEvent } from '../event-log.js'
import type { Positions } from '../positions.js'
import type { Entry } from '../window.js'

export type Resolved = Pick<ResolvedEvent | AllStreamResolvedEvent, 'event'>

export interface Recorded {
  /** The event's own place in the whole store, 0 where it has none. */
  placeOf(resolved: Resolved): number
  /** Null for what is not of this log: the store's own events, and those of streams without the prefix. */
  toEntry(resolved: Resolved): Entry | null
}

/** Reads events as the client gives them: back to text, with versions from 1, and positions by the one offset they have. */
export function createRecorded(positions: Positions, streamPrefix: string): Recorded {
  const isOurs = (stream: string, type: string): boolean =>
    stream.startsWith(streamPrefix) && !stream.startsWith('$') && !type.startsWith('$')

  /** Commit and prepare differ only in transactions, which this protocol does not have. */
  const placeOf = ({ event }: Resolved): number => Number(event?.position?.commit ?? 0)

  function toEntry(resolved: Resolved): Entry | null {
    const { event } = resolved
    if (event === undefined || !isOurs(event.streamId, event.type)) return null
    const at = placeOf(resolved)
    return { at, event: { ...textOf(event), ...nameOf(event), position: positions.format(at) } }
  }

  const nameOf = ({ streamId, revision, id, type }: NonNullable<Resolved['event']>) => ({
    stream: streamId.slice(streamPrefix.length),
    version: Number(revision) + 1,
    id,
    type,
  })

  return { placeOf, toEntry }
}

/** The same text for all that our writer makes. What is no JSON is not of our making, and reads as null. */
function textOf({ data, metadata, isJson }: NonNullable<Resolved['event']>): Pick<RecordedEvent, 'data' | 'metadata'> {
  return { data: JSON.stringify(isJson ? data : null), metadata: JSON.stringify(metadata ?? null) }
}
