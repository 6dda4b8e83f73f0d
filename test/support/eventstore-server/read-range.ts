import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { EventStore } from './event-store.js'
import { firstVisible, isDeleted } from './event-stream.js'
import type { LogRecord } from './log-record.js'
import { eventAnswer, readStreamName, streamNotFound } from './messages.js'
import type { Outlet } from './outlet.js'
import { indexOfPosition, type Position } from './read-page.js'
import { handlerFailed, streamDeleted, unknownError } from './rpc-error.js'

export interface RangeRead {
  store: EventStore
  options: streams.ReadReq.Options
  outlet: Outlet
  /** Called after each event. */
  delivered: () => void
}

/**
 * A read that ends: so many events of a stream or of the log, forwards or backwards.
 * @throws {RpcError} when it cannot be served
 */
export async function readRange({ store, options, outlet, delivered }: RangeRead): Promise<void> {
  const most = Number(options.getCount())
  let sent = 0
  for (const event of eventsOf(store, options, outlet)) {
    if (sent >= most || outlet.closed) break
    sent += 1
    const full = outlet.send(eventAnswer(event))
    delivered()
    if (full !== undefined) await full
  }
  outlet.end()
}

function eventsOf(store: EventStore, options: streams.ReadReq.Options, outlet: Outlet): Iterable<LogRecord> {
  const isBackwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS
  const ofStream = options.getStream()
  const ofAll = options.getAll()
  if (ofAll !== undefined) return allEvents(store, ofAll, isBackwards)
  const name = readStreamName(ofStream?.getStreamIdentifier())
  if (ofStream === undefined || name === '') throw handlerFailed()
  const isNowhere = ofStream.hasEnd() && !isBackwards
  if (isNowhere || Number(options.getCount()) === 0) throw unknownError('Unexpected ReadStreamResult: Error')

  const stream = store.stream(name)
  if (stream?.tombstone !== undefined) throw streamDeleted(name)
  if (stream === undefined || stream.events.length === 0 || isDeleted(stream)) {
    void outlet.send(streamNotFound(name))
    return []
  }
  const from = ofStream.hasEnd() ? Infinity : ofStream.hasStart() ? 0 : Number(ofStream.getRevision())
  const first = firstVisible(stream)
  return isBackwards ? down(stream.events, from, first) : up(stream.events, Math.max(from, first))
}

function allEvents(
  store: EventStore,
  options: streams.ReadReq.Options.AllOptions,
  isBackwards: boolean,
): Iterable<LogRecord> {
  const position = positionOf(options)
  const edge = options.hasStart() ? 0 : store.records.length
  const from = position === undefined ? edge : indexOfPosition(store, position)
  if (from === undefined || (isBackwards && position !== undefined && position.commit > store.end)) {
    throw unknownError('Unexpected ReadAllResult: Error')
  }
  // backwards from a position is what was before it
  return eventsOnly(isBackwards ? down(store.records, from - 1, 0) : up(store.records, from))
}

/** The position asked for; undefined for start and end. */
export function positionOf(options: streams.ReadReq.Options.AllOptions): Position | undefined {
  const position = options.getPosition()
  if (position === undefined) return undefined
  return { commit: Number(position.getCommitPosition()), prepare: Number(position.getPreparePosition()) }
}

/** Sees also what comes while it reads. */
function* up(records: readonly LogRecord[], from: number): Iterable<LogRecord> {
  for (let i = from; i < records.length; i += 1) yield records[i]!
}

function* down(records: readonly LogRecord[], from: number, to: number): Iterable<LogRecord> {
  for (let i = Math.min(from, records.length - 1); i >= to; i -= 1) yield records[i]!
}

function* eventsOnly(records: Iterable<LogRecord>): Iterable<LogRecord> {
  for (const record of records) if (record.kind !== 'bare') yield record
}
