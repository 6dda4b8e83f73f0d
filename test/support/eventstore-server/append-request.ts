import type streams from '@eventstore/db-client/generated/streams_pb.js'
import type { ExpectedRevision } from './decide-append.js'
import type { ProposedEvent } from './log-record.js'
import { readUuid } from './messages.js'

/** More bytes than this in one append are refused. */
export const maxAppendSize = 1_048_576

type ProposedMessage = streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage

/** @throws {Error} when an event has no type. */
export function readProposed(message: ProposedMessage): ProposedEvent {
  const type = message.getMetadataMap().get('type') ?? ''
  if (type === '') throw new Error("Empty eventType provided. (Parameter 'eventType')")
  return {
    id: readUuid(message.getId()),
    type,
    isJson: message.getMetadataMap().get('content-type') === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  }
}

/** As the server counts it: metadata and type are free. */
export const sizeOf = (events: readonly ProposedEvent[]): number =>
  events.reduce((sum, { data }) => sum + data.length, 0)

interface RevisionOptions {
  hasAny(): boolean
  hasNoStream(): boolean
  hasStreamExists(): boolean
}

export function readExpected(options: RevisionOptions, revision: () => string): ExpectedRevision {
  if (options.hasAny()) return 'any'
  if (options.hasNoStream()) return 'no-stream'
  return options.hasStreamExists() ? 'stream-exists' : Number(revision())
}
