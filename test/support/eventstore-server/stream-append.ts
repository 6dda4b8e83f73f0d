import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { maxAppendSize, readExpected, readProposed, sizeOf } from './append-request.js'
import type { BatchAppending } from './batch-append.js'
import type { ExpectedRevision } from './decide-append.js'
import type { WriteOutcome } from './event-store.js'
import type { ProposedEvent } from './log-record.js'
import { emptyOfEventStore, readStreamName } from './messages.js'
import { handlerFailed, maxAppendSizeExceeded, notReady, streamDeleted } from './rpc-error.js'

export type StreamAppendCall = ServerReadableStream<streams.AppendReq, streams.AppendResp>

/** An append as a call of its own, as a client sends it that has credentials for it: options first, then event by event. */
export function handleStreamAppend(
  call: StreamAppendCall,
  respond: sendUnaryData<streams.AppendResp>,
  { store, faults, cut }: Omit<BatchAppending, 'now' | 'maxAppendBytes'>,
): void {
  let options: streams.AppendReq.Options | undefined
  let isOver = false
  const events: ProposedEvent[] = []
  const finish: typeof respond = (...answer) => {
    if (!isOver) respond(...answer)
    isOver = true
  }

  function receive(request: streams.AppendReq): void {
    options ??= request.getOptions()
    const proposed = request.getProposedMessage()
    if (proposed !== undefined) events.push(readProposed(proposed))
    if (sizeOf(events) > maxAppendSize) finish(maxAppendSizeExceeded(maxAppendSize))
  }

  function complete(): void {
    const given = options
    const stream = readStreamName(given?.getStreamIdentifier())
    if (isOver) return
    if (given === undefined || stream === '') return finish(handlerFailed())
    if (faults.refuses === 'calls') return finish(notReady())
    const fault = faults.ofAppend()
    if (fault === 'cut-before') return cut()
    const expected = readExpected(given, () => given.getRevision())
    const outcome = store.append(stream, expected, events)
    if (fault === 'cut-after') return cut()
    if (fault === 'no-answer' || fault === 'not-indexed') return
    const answer = (): void =>
      outcome.kind === 'deleted' ? finish(streamDeleted(stream)) : finish(null, responseOf(outcome, expected))
    if (fault === 'none') return answer()
    fault.answerAfter.then(answer, answer)
  }

  call.on('data', (request: streams.AppendReq) => {
    try {
      receive(request)
    } catch {
      finish(handlerFailed())
    }
  })
  call.on('end', complete)
}

function responseOf(
  outcome: Exclude<WriteOutcome, { kind: 'deleted' }>,
  expected: ExpectedRevision,
): streams.AppendResp {
  const response = new streams.AppendResp()
  if (outcome.kind === 'conflict') return response.setWrongExpectedVersion(conflictOf(expected, outcome.current))
  const success = new streams.AppendResp.Success()
  if (outcome.revision < 0) success.setNoStream(emptyOfEventStore())
  else success.setCurrentRevision(String(outcome.revision))
  const place = String(outcome.position)
  if (outcome.position < 0) success.setNoPosition(emptyOfEventStore())
  else success.setPosition(new streams.AppendResp.Position().setCommitPosition(place).setPreparePosition(place))
  return response.setSuccess(success)
}

function conflictOf(expected: ExpectedRevision, current: number): streams.AppendResp.WrongExpectedVersion {
  const conflict = new streams.AppendResp.WrongExpectedVersion()
  if (current < 0) conflict.setCurrentNoStream(emptyOfEventStore())
  else conflict.setCurrentRevision(String(current))
  if (expected === 'any') return conflict.setExpectedAny(emptyOfEventStore())
  if (expected === 'no-stream') return conflict.setExpectedNoStream(emptyOfEventStore())
  if (expected === 'stream-exists') return conflict.setExpectedStreamExists(emptyOfEventStore())
  return conflict.setExpectedRevision(String(expected))
}
