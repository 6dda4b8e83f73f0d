import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { LogRecord } from './log-record.js'
import type { Position } from './read-page.js'

/** The parts that many answers are made of. */

export const emptyOfGoogle = (): empty.Empty => new empty.Empty()
export const emptyOfEventStore = (): shared.Empty => new shared.Empty()

export const uuid = (id: string): shared.UUID => new shared.UUID().setString(id)

/** Ids come as text or in two halves, each a signed 64-bit number. */
export function readUuid(id: shared.UUID | undefined): string {
  const halves = id?.getStructured()
  if (halves === undefined) return id?.getString() ?? ''
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export const streamIdentifier = (name: string): shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(name))

export const readStreamName = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString()

/** The revision of a tombstone. */
const greatestLong = '9223372036854775807'

const millisecond = 10_000n // in ticks of 100 ns

export function eventAnswer(record: LogRecord): streams.ReadResp {
  const place = String(record.position)
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(uuid(record.id))
    .setStreamIdentifier(streamIdentifier(record.stream))
    .setStreamRevision(record.kind === 'tombstone' ? greatestLong : String(record.revision))
    .setCommitPosition(place)
    .setPreparePosition(place)
    .setData(record.data)
    .setCustomMetadata(record.metadata)
  event
    .getMetadataMap()
    .set('type', record.type)
    .set('created', String(BigInt(record.created) * millisecond))
    .set('content-type', record.isJson ? 'application/json' : 'application/octet-stream')
  return new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(place))
}

export const streamNotFound = (stream: string): streams.ReadResp =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)),
  )

export const confirmation = (subscription: string): streams.ReadResp =>
  new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(subscription),
  )

export const caughtUp = (): streams.ReadResp => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp())

export const checkpoint = ({ commit, prepare }: Position): streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(commit)).setPreparePosition(String(prepare)),
  )
