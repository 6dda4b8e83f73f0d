import type { sendUnaryData } from '@grpc/grpc-js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { readExpected } from './append-request.js'
import type { ExpectedRevision } from './decide-append.js'
import type { EventStore, WriteOutcome } from './event-store.js'
import type { FaultState } from './faults.js'
import { readStreamName } from './messages.js'
import { notReady, type RpcError, streamDeleted, wrongExpectedVersion } from './rpc-error.js'

interface Deleting {
  store: EventStore
  faults: FaultState
}

/** Hides what a stream holds; it can go on. */
export function handleDelete(
  request: streams.DeleteReq,
  respond: sendUnaryData<streams.DeleteResp>,
  { store, faults }: Deleting,
): void {
  const options = request.getOptions() ?? new streams.DeleteReq.Options()
  const stream = readStreamName(options.getStreamIdentifier())
  if (faults.refuses === 'calls') return respond(notReady())
  const expected = readExpected(options, () => options.getRevision())
  const outcome = store.softDelete(stream, expected)
  if (outcome.kind !== 'written') return respond(errorOf(stream, expected, outcome))
  const place = String(outcome.position)
  const position = new streams.DeleteResp.Position().setCommitPosition(place).setPreparePosition(place)
  respond(null, new streams.DeleteResp().setPosition(position))
}

/** Closes the name of a stream permanently. */
export function handleTombstone(
  request: streams.TombstoneReq,
  respond: sendUnaryData<streams.TombstoneResp>,
  { store, faults }: Deleting,
): void {
  const options = request.getOptions() ?? new streams.TombstoneReq.Options()
  const stream = readStreamName(options.getStreamIdentifier())
  if (faults.refuses === 'calls') return respond(notReady())
  const expected = readExpected(options, () => options.getRevision())
  const outcome = store.tombstone(stream, expected)
  if (outcome.kind !== 'written') return respond(errorOf(stream, expected, outcome))
  const place = String(outcome.position)
  const position = new streams.TombstoneResp.Position().setCommitPosition(place).setPreparePosition(place)
  respond(null, new streams.TombstoneResp().setPosition(position))
}

const numberOf = { 'no-stream': -1, any: -2, 'stream-exists': -4 }

function errorOf(
  stream: string,
  expected: ExpectedRevision,
  outcome: Exclude<WriteOutcome, { kind: 'written' }>,
): RpcError {
  if (outcome.kind === 'deleted') return streamDeleted(stream)
  const version = typeof expected === 'number' ? expected : numberOf[expected]
  return wrongExpectedVersion('Delete', stream, version, outcome.current)
}
