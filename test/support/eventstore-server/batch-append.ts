import type { ServerDuplexStream } from '@grpc/grpc-js'
import type streams from '@eventstore/db-client/generated/streams_pb.js'
import { readExpected, readProposed, sizeOf } from './append-request.js'
import { appended, badRequest, conflicted, deleted, serverNotReady, timedOut, tooBig } from './batch-append-answers.js'
import type { ExpectedRevision } from './decide-append.js'
import type { EventStore } from './event-store.js'
import type { FaultState } from './faults.js'
import type { ProposedEvent } from './log-record.js'
import { InvalidRequest } from './invalid-request.js'
import { readStreamName, readUuid, streamIdentifier } from './messages.js'

const writeTimeoutMs = 2_000

export type BatchAppendCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>

interface Append {
  stream: string
  expected: ExpectedRevision
  events: ProposedEvent[]
}

export interface BatchAppending {
  store: EventStore
  faults: FaultState
  /** Destroys the connection of the call. */
  cut: () => void
  now: () => number
  maxAppendBytes: number
}

/** The one call that all appends of a client go through. An append can come in parts; it is stored with its last. */
export function handleBatchAppend(
  call: BatchAppendCall,
  { store, faults, cut, now, maxAppendBytes }: BatchAppending,
): void {
  const begun = new Map<string, Append>()

  function answer(request: streams.BatchAppendReq, stream: string, response: streams.BatchAppendResp): void {
    if (call.cancelled || call.writableEnded) return
    call.write(response.setCorrelationId(request.getCorrelationId()).setStreamIdentifier(streamIdentifier(stream)))
  }

  function receive(request: streams.BatchAppendReq): void {
    const id = readUuid(request.getCorrelationId())
    const options = request.getOptions()
    if (options !== undefined) {
      const stream = readStreamName(options.getStreamIdentifier())
      if (isPast(options, now())) return answer(request, stream, timedOut())
      begun.set(id, { stream, expected: readExpected(options, () => options.getStreamPosition()), events: [] })
    }
    const append = begun.get(id)
    // a part of one that was already refused
    if (append === undefined) return
    append.events.push(...request.getProposedMessagesList().map(readProposed))
    if (sizeOf(append.events) > maxAppendBytes) {
      begun.delete(id)
      return answer(request, append.stream, tooBig(maxAppendBytes))
    }
    if (!request.getIsFinal()) return
    begun.delete(id)
    if (append.stream === '') throw new InvalidRequest('Empty eventStreamId provided.')
    if (faults.refuses === 'calls') return answer(request, append.stream, serverNotReady())
    const fault = faults.ofAppend()
    if (fault === 'cut-before') return cut()
    if (fault === 'not-indexed') return answer(request, append.stream, timedOut())
    const response = storeAppend(append, store)
    if (fault === 'cut-after') return cut()
    if (fault === 'no-answer') return
    if (fault === 'none') return answer(request, append.stream, response)
    const late = (): void => answer(request, append.stream, response)
    fault.answerAfter.then(late, late)
  }

  /**
   * What is not complete in time is answered so. A real server also does it to what it has refused for an event that it cannot
   * read: a second answer, at which the client throws where nobody can catch it.
   */
  function expire(request: streams.BatchAppendReq): void {
    const id = readUuid(request.getCorrelationId())
    const append = begun.get(id)
    if (append === undefined || !request.hasOptions()) return
    const timer = setTimeout(() => {
      if (begun.delete(id)) answer(request, append.stream, timedOut())
    }, writeTimeoutMs)
    call.once('cancelled', () => clearTimeout(timer))
  }

  call.on('data', (request: streams.BatchAppendReq) => {
    try {
      receive(request)
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error
      const stream = readStreamName(request.getOptions()?.getStreamIdentifier())
      answer(request, stream, badRequest(error.message))
    }
    expire(request)
  })
  call.on('end', () => call.end())
}

function storeAppend({ stream, expected, events }: Append, store: EventStore): streams.BatchAppendResp {
  const outcome = store.append(stream, expected, events)
  if (outcome.kind === 'deleted') return deleted(stream)
  if (outcome.kind === 'conflict') return conflicted(expected, outcome.current)
  return appended(outcome.revision, outcome.position)
}

/** The deadline is a time of the client's clock. */
function isPast(options: streams.BatchAppendReq.Options, now: number): boolean {
  const deadline = options.getDeadline()
  return deadline !== undefined && deadline.toDate().getTime() <= now
}
