import type { ServerDuplexStream } from '@grpc/grpc-js'
import type shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { maxAppendSize, readExpected, readProposed, sizeOf } from './append-request.js'
import { appended, badRequest, conflicted, deleted, notReady, timedOut, tooBig } from './batch-append-answers.js'
import type { ExpectedRevision } from './decide-append.js'
import type { EventStore } from './event-store.js'
import type { AppendFault, FaultState } from './faults.js'
import type { ProposedEvent } from './log-record.js'
import { readStreamName, readUuid } from './messages.js'

export type BatchAppendCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>

interface Pending {
  stream: string
  expected: ExpectedRevision
  events: ProposedEvent[]
}

/** The one call that all appends of a client go through. An append can come in parts; it is stored with its last. */
export function handleBatchAppend(call: BatchAppendCall, store: EventStore, faults: FaultState, cut: () => void): void {
  const pending = new Map<string, Pending>()
  let unanswered = 0
  let isOver = false

  function answer(correlation: shared.UUID | undefined, stream: string, response: streams.BatchAppendResp): void {
    const identifier = streams.BatchAppendResp
    void identifier
    if (!call.destroyed && call.writable) call.write(response.setCorrelationId(correlation))
    void stream
  }
  void answer
  void unanswered
  void isOver
  void pending
  void store
  void faults
  void cut
  void readExpected
}
