import type { ClientBox, EventMetadata } from '../domain/metadata.js'
import type { RecordedEvent } from '../eventstore/event-log.js'
import { boxContext, type SealedBox } from './box.js'
import { monthOfRequestKey } from './key-names.js'

/** A box with what it is bound to, so that it can be kept apart from its event and opened there. */
export interface BoundBox extends SealedBox {
  context: string
}

/** A client box is bound to its session and month. */
export const bindClient = ({ session, key, nonce, box }: ClientBox): BoundBox => ({
  key,
  nonce,
  box,
  context: boxContext(session, monthOfRequestKey(key)),
})

/**
 * The sealed ip address and user agent of an event: those of its metadata, or, of a security event, those in its data. Null where it has
 * none.
 */
export function clientBoxOf(
  { stream, id, type, data }: RecordedEvent,
  { client }: Pick<EventMetadata, 'client'>,
): BoundBox | null {
  if (client !== undefined) return bindClient(client)
  if (type !== 'SecurityEventRecorded') return null
  const [sealed] = (JSON.parse(data) as { sealed?: SealedBox[] }).sealed ?? []
  return sealed === undefined ? null : { ...sealed, context: boxContext(stream, id) }
}
