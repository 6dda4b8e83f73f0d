import type { RecordedEvent } from '../../eventstore/event-log.js'
import { bindClient } from '../../privacy/client-box.js'
import type { EventReader, OpenedEvent } from '../../privacy/event-reader.js'
import { toRawEvent, type RawEvent } from './raw-event.js'

export type OpeningReader = Pick<EventReader, 'open' | 'openClients'>

/** Without what chats do not keep any more. */
export type HideExpired = (events: readonly OpenedEvent[]) => Promise<OpenedEvent[]>

/**
 * Events with their personal fields and clients opened, in the current schema version; what was erased or is expired is null. No key is part of them.
 * @throws BadMacError what was altered is not opened
 * @throws NewerEventError
 */
export async function openEvents(
  events: readonly RecordedEvent[],
  reader: OpeningReader,
  hideExpired: HideExpired,
): Promise<Omit<RawEvent, 'ordinal'>[]> {
  const opened = await hideExpired(await reader.open(events))
  const clients = await openClients(opened, reader)
  return events.map((recorded, index) => {
    const { type: _, ...data } = opened[index]?.event ?? { type: recorded.type }
    const client = clients.get(recorded.id)
    return {
      ...toRawEvent(recorded),
      data,
      metadata: { ...opened[index]?.metadata, ...(client !== undefined && { client }) },
    }
  })
}

/** By the id of the event; none where it has no client. */
async function openClients(
  events: readonly OpenedEvent[],
  reader: Pick<EventReader, 'openClients'>,
): Promise<ReadonlyMap<string, object>> {
  const boxes = events.flatMap(({ id, metadata: { client } }) => (client === undefined ? [] : [{ id, client }]))
  const opened = await reader.openClients(boxes.map(({ client }) => bindClient(client)))
  return new Map(
    boxes.map(({ id, client: { session } }, index) => {
      const { ip = null, userAgent = null } = opened[index] ?? {}
      return [id, { session, ip, userAgent }]
    }),
  )
}
