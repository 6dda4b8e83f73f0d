import type { RecordedEvent } from '../../eventstore/event-log.js'
import { clientBoxOf, type BoundBox } from '../../privacy/client-box.js'
import type { EventReader } from '../../privacy/event-reader.js'
import { timesOf, type BatchTimes } from './audit-times.js'
import { describeEvent, type Subject } from './describe-event.js'

/** What a batch adds to the tables; `place` is an event's place in the batch, from 1. */
export interface AuditRows {
  entries: object[]
  /** By nonce. */
  clients: ReadonlyMap<string, BoundBox>
  subjects: (Subject & { place: number })[]
  times: BatchTimes
}

export function rowsOf(batch: readonly RecordedEvent[], reader: Pick<EventReader, 'decodeUnverified'>): AuditRows {
  const read = batch.map((recorded, index) => readEntry(recorded, index + 1, reader))
  return {
    entries: read.map(({ entry }) => entry),
    clients: new Map(read.flatMap(({ client }) => (client === null ? [] : [[client.nonce, client]]))),
    subjects: read.flatMap(({ subjects }) => subjects),
    times: timesOf(read.map(({ entry }) => entry.at)),
  }
}

function readEntry(recorded: RecordedEvent, place: number, reader: Pick<EventReader, 'decodeUnverified'>) {
  const { event, metadata } = reader.decodeUnverified(recorded)
  const { at, actor, correlationId } = metadata
  const client = clientBoxOf(recorded, metadata)
  const { subjects, ...described } = describeEvent(event, actor, recorded.stream)
  const entry = {
    place,
    at,
    event: described.event,
    user_id: described.userId,
    target_user_id: described.targetUserId,
    chat_id: described.chatId,
    message_id: described.messageId,
    client: client?.nonce ?? null,
    position: recorded.position,
    correlation_id: correlationId,
    details: described.details,
  }
  return { entry, client, subjects: subjects.map((subject) => ({ ...subject, place })) }
}
