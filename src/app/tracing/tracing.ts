import type { RecordedEvent } from '../../eventstore/event-log.js'

/** The ids of a command, as each of its events has them. */
export interface TracedCommand {
  correlationId: string
  commandId: string
}

export interface AnsweredRequest {
  requestId: string
  /** Method and route template, or the name of a socket's event. */
  name: string
  status: number
  /** By `performance.now()`, as all times here. */
  began: number
  /** The `traceparent` header of the request, which the span links to; clients do not choose trace ids. */
  traceparent?: string | undefined
}

/**
 * Makes spans of what is done already. Their ids follow from request and command ids, so nothing is carried along meanwhile: neither in memory nor
 * in the log, and other nodes continue the trace.
 */
export interface Tracing extends AsyncDisposable {
  answered(request: AnsweredRequest): void
  appended(commands: readonly TracedCommand[], events: number, began: number): void
  /** A projection has applied these events. */
  applied(projection: string, events: readonly Pick<RecordedEvent, 'metadata'>[], began: number): void
  /** This node's sockets were sent these events. */
  pushed(events: readonly { metadata: TracedCommand }[], began: number): void
}
