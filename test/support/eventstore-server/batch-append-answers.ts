import any from 'google-protobuf/google/protobuf/any_pb.js'
import code from '@eventstore/db-client/generated/code_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import status from '@eventstore/db-client/generated/status_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { ExpectedRevision } from './decide-append.js'
import { emptyOfEventStore, emptyOfGoogle, streamIdentifier } from './messages.js'

/** The answers to a batched append. Only the type of their details distinguishes errors. */

export function appended(revision: number, position: number): streams.BatchAppendResp {
  const success = new streams.BatchAppendResp.Success()
  if (revision < 0) success.setNoStream(emptyOfGoogle())
  else success.setCurrentRevision(String(revision))
  const place = String(position)
  if (position < 0) success.setNoPosition(emptyOfGoogle())
  else success.setPosition(new shared.AllStreamPosition().setCommitPosition(place).setPreparePosition(place))
  return new streams.BatchAppendResp().setSuccess(success)
}

export function conflicted(expected: ExpectedRevision, current: number): streams.BatchAppendResp {
  const details = new shared.WrongExpectedVersion()
  if (current < 0) details.setCurrentNoStream(emptyOfGoogle())
  else details.setCurrentStreamRevision(String(current))
  if (expected === 'any') details.setExpectedAny(emptyOfGoogle())
  else if (expected === 'no-stream') details.setExpectedNoStream(emptyOfGoogle())
  else if (expected === 'stream-exists') details.setExpectedStreamExists(emptyOfGoogle())
  else details.setExpectedStreamPosition(String(expected))
  return failed(code.Code.ALREADY_EXISTS, 'WrongExpectedVersion', 'WrongExpectedVersion', details)
}

export const deleted = (stream: string): streams.BatchAppendResp => {
  const details = new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(stream))
  return failed(code.Code.NOT_FOUND, 'StreamDeleted', 'StreamDeleted', details)
}

export const timedOut = (): streams.BatchAppendResp =>
  failed(code.Code.DEADLINE_EXCEEDED, 'Timeout', 'Timeout', new shared.Timeout())

export function tooBig(maxAppendBytes: number): streams.BatchAppendResp {
  const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(maxAppendBytes)
  return failed(code.Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', 'MaximumAppendSizeExceeded', details)
}

/** The client knows no such details, and makes an unknown error of it. */
export const badRequest = (message: string): streams.BatchAppendResp =>
  failed(code.Code.INVALID_ARGUMENT, 'BadRequest', 'BadRequest', new shared.BadRequest().setMessage(message))

/** The client knows no such details, and makes an unknown error of it. */
export const serverNotReady = (): streams.BatchAppendResp =>
  failed(code.Code.OK, 'Server Is Not Ready', 'Empty', emptyOfEventStore())

function failed(
  statusCode: code.Code,
  message: string,
  type: string,
  details: { serializeBinary(): Uint8Array },
): streams.BatchAppendResp {
  const packed = new any.Any()
  packed.pack(details.serializeBinary(), `event_store.client.${type}`)
  return new streams.BatchAppendResp().setError(
    new status.Status().setCode(statusCode).setMessage(message).setDetails(packed),
  )
}
