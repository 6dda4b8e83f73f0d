import type streams from '@eventstore/db-client/generated/streams_pb.js'
import type { ExpectedRevision } from './decide-append.js'
import type { ProposedEvent } from './log-record.js'
import { InvalidRequest } from './invalid-request.js'
import { readUuid } from './messages.js'

/** More bytes than this in one append are refused. */
export const maxAppendSize = 1_048_576

type ProposedMessage = streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage

const emptyId = '00000000-0000-0000-0000-000000000000'
const anyId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** @throws {InvalidRequest} when an event has no type, or no proper id. */
export function readProposed(message: ProposedMessage): ProposedEvent {
  const type = message.getMetadataMap().get('type') ?? ''
  const id = readUuid(message.getId()).toLowerCase()
  if (type === '') throw new InvalidRequest('Empty eventType provided.')
  if (!anyId.test(id) || id === emptyId) throw new InvalidRequest('Empty eventId provided.')
  return {
    id,
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
